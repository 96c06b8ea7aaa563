// Does gouGetApi fill a table with the functions that can be linked, for older hosts too, and refuse newer ones by name?
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>

#include "tests/abi/every_function.h"
#include "tests/abi/painter.h"

namespace gouache::testing {
namespace {

TEST(Table, HasTheFunctionsThatCanBeLinked) {
  EXPECT_EQ(initialisers_hold_type_and_size(), 1);
  EXPECT_EQ(gouVersion(), static_cast<std::uint32_t>(GOU_VERSION));
  auto api = of_type<GouApi>(GOU_TYPE_API);
  ASSERT_OK(gouGetApi(GOU_VERSION, &api));
  ASSERT_EQ(sizeof api, offsetof(GouApi, gouGetApi) + count_functions() * sizeof(PFN_gouGetApi)) << "nothing but the list";
  for (std::size_t i = 0; i < count_functions(); ++i) {
    EXPECT_EQ(function_in_table(&api, i), function_linked(i)) << function_name(i);
    EXPECT_EQ(function_linked(i), dlsym(RTLD_DEFAULT, function_name(i))) << function_name(i);
  }
  EXPECT_EQ(api.size, sizeof api);
  EXPECT_STREQ(api.gouResultName(GOU_SUCCESS), "GOU_SUCCESS");
}

TEST(Table, OlderOnesAreFilledAsFarAsTheyGo) {
  for (std::size_t known = 1; known < count_functions(); ++known) {
    GouApi api;
    std::memset(&api, 0x5a, sizeof api);
    const GouApi before = api;
    api.type = GOU_TYPE_API;
    api.size = static_cast<std::uint32_t>(offsetof(GouApi, gouGetApi) + known * sizeof(PFN_gouGetApi));
    api.next = nullptr;
    ASSERT_OK(gouGetApi(GOU_VERSION, &api));
    for (std::size_t i = 0; i < count_functions(); ++i)
      EXPECT_EQ(function_in_table(&api, i), i < known ? function_linked(i) : function_in_table(&before, i)) << function_name(i);
  }
}

TEST(Table, WhatIsNewerOrBrokenIsNamed) {
  auto api = of_type<GouApi>(GOU_TYPE_API);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouGetApi: GouApi is NULL", gouGetApi(GOU_VERSION, nullptr));
  expect_error(GOU_ERROR_UNSUPPORTED, "gouGetApi: version 1.2.3 is asked for, this library is 0.1.0", gouGetApi(1002003, &api));
  api.size += sizeof(PFN_gouGetApi);
  expect_error(GOU_ERROR_WRONG_STRUCT, "a header newer than the library", gouGetApi(GOU_VERSION, &api));
  for (const std::size_t size : {std::size_t{0}, offsetof(GouApi, gouGetApi), sizeof api - 1}) {
    api.size = static_cast<std::uint32_t>(size);
    expect_error(GOU_ERROR_WRONG_STRUCT, "GouApi: size is " + std::to_string(size), gouGetApi(GOU_VERSION, &api));
  }
  api = of_type<GouApi>(GOU_TYPE_SHAPE);
  expect_error(GOU_ERROR_WRONG_STRUCT, "GouApi: type is 5, expected 9", gouGetApi(GOU_VERSION, &api));
  api = of_type<GouApi>(GOU_TYPE_API);
  const auto stranger = of_type<GouShape>(GOU_TYPE_SHAPE);
  api.next = &stranger;
  expect_error(GOU_ERROR_WRONG_STRUCT, "GouApi: GouShape is chained", gouGetApi(GOU_VERSION, &api));
  EXPECT_EQ(api.gouGetApi, nullptr) << "a failed call writes nothing";
}

}  // namespace
}  // namespace gouache::testing
