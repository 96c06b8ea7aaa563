// What does the system tell of the terminal?  The command's only call that is not standard C++.
#pragma once

namespace gouache::cli {

bool stderr_is_terminal();

}  // namespace gouache::cli
