// Does a failure say what it should?
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "host/graph/error.h"

namespace gouache::testing {

/// Runs `body` and expects an Error of `code` whose text contains `part`.
template <typename Body>
void expect_error(ErrorCode code, const std::string& part, const Body& body) {
  try {
    body();
    ADD_FAILURE() << "no error says '" << part << "'";
  } catch (const Error& error) {
    EXPECT_EQ(int(error.code()), int(code)) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << "'" << error.what() << "' does not say '" << part << "'";
  }
}

}  // namespace gouache::testing
