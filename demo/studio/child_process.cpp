// How does the studio run another program beside itself?
#include "demo/studio/child_process.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#ifdef _WIN32
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
#else
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
extern char** environ;
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif
#endif

namespace gouache::studio {
namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 16;  ///< bytes read a call: what a pipe holds

std::runtime_error cannot_start(const std::filesystem::path& program, const std::string& why) {
  return std::runtime_error(program.string() + ": cannot be started: " + why);
}

}  // namespace

#ifdef _WIN32

struct ChildProcess::System {
  HANDLE process = nullptr, output = nullptr;
};

namespace {

/// A command line that CommandLineToArgvW takes apart into the same words.
std::wstring quoted(const std::wstring& word) {
  std::wstring out = L"\"";
  std::size_t slashes = 0;
  for (const wchar_t c : word) {
    if (c == L'"') out.append(slashes + 1, L'\\');
    slashes = c == L'\\' ? slashes + 1 : 0;
    out += c;
  }
  return out.append(slashes, L'\\') + L"\"";
}

}  // namespace

ChildProcess::ChildProcess(const std::filesystem::path& program, const std::vector<std::string>& words)
    : system_(std::make_unique<System>()) {
  SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
  HANDLE write = nullptr;
  if (!CreatePipe(&system_->output, &write, &inherited, 0)) throw cannot_start(program, "no pipe");
  SetHandleInformation(system_->output, HANDLE_FLAG_INHERIT, 0);
  STARTUPINFOW start{};
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdOutput = start.hStdError = write;
  std::wstring line = quoted(program.wstring());
  for (const std::string& word : words) line += L" " + quoted(std::filesystem::path(word).wstring());
  PROCESS_INFORMATION made{};
  const BOOL started =
      CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr, nullptr, &start, &made);
  const DWORD error = GetLastError();
  CloseHandle(write);
  if (!started) {
    CloseHandle(system_->output);
    throw cannot_start(program, "error " + std::to_string(error));
  }
  CloseHandle(made.hThread);
  system_->process = made.hProcess;
}

ChildProcess::~ChildProcess() {
  kill();
  CloseHandle(system_->process);
  CloseHandle(system_->output);
}

void ChildProcess::read(std::string& output) {
  DWORD ready = 0;
  if (!PeekNamedPipe(system_->output, nullptr, 0, nullptr, &ready, nullptr) || !ready) return;
  std::array<char, kMostAtOnce> bytes;
  DWORD got = 0;
  if (ReadFile(system_->output, bytes.data(), std::min<DWORD>(ready, bytes.size()), &got, nullptr)) output.append(bytes.data(), got);
}

bool ChildProcess::running() {
  if (over_ || WaitForSingleObject(system_->process, 0) != WAIT_OBJECT_0) return !over_;
  DWORD code = 0;
  GetExitCodeProcess(system_->process, &code);
  over_ = true;
  result_ = static_cast<int>(code);
  return false;
}

void ChildProcess::kill() {
  if (!running()) return;
  TerminateProcess(system_->process, 1);
  WaitForSingleObject(system_->process, INFINITE);
  over_ = true;
  result_ = -1;
}

std::filesystem::path own_folder() {
  std::wstring name(32768, L'\0');
  name.resize(GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size())));
  return std::filesystem::path(name).parent_path();
}

#else

struct ChildProcess::System {
  pid_t process = 0;
  int output = -1;
};

ChildProcess::ChildProcess(const std::filesystem::path& program, const std::vector<std::string>& words)
    : system_(std::make_unique<System>()) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw cannot_start(program, std::strerror(errno));
  system_->output = ends[0];
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);  // not on the copies that it is given as its output
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  const std::string name = program.string();
  std::vector<char*> line{const_cast<char*>(name.c_str())};
  for (const std::string& word : words) line.push_back(const_cast<char*>(word.c_str()));
  line.push_back(nullptr);
  const int error = posix_spawn(&system_->process, name.c_str(), &actions, nullptr, line.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error) {
    close(ends[0]);
    throw cannot_start(program, std::strerror(error));
  }
}

ChildProcess::~ChildProcess() {
  kill();
  close(system_->output);
}

void ChildProcess::read(std::string& output) {
  std::array<char, kMostAtOnce> bytes;
  const ssize_t got = ::read(system_->output, bytes.data(), bytes.size());
  if (got > 0) output.append(bytes.data(), static_cast<std::size_t>(got));
}

bool ChildProcess::running() {
  int status = 0;
  if (over_ || waitpid(system_->process, &status, WNOHANG) == 0) return !over_;
  over_ = true;
  result_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return false;
}

void ChildProcess::kill() {
  if (!running()) return;
  ::kill(system_->process, SIGKILL);
  int status = 0;
  waitpid(system_->process, &status, 0);
  over_ = true;
  result_ = -1;
}

std::filesystem::path own_folder() {
#ifdef __APPLE__
  std::array<char, 4096> name{};
  auto size = static_cast<std::uint32_t>(name.size());
  return _NSGetExecutablePath(name.data(), &size) == 0 ? std::filesystem::path(name.data()).parent_path() : std::filesystem::path();
#else
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
#endif
}

#endif

}  // namespace gouache::studio
