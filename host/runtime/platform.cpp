// How does Gouache touch the file system?  The one file with calls that differ between POSIX and Windows.
#include "host/runtime/platform.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "host/graph/error.h"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <share.h>
#include <sys/stat.h>
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#endif

namespace gouache {
namespace {

namespace fs = std::filesystem;

// The system calls.  Those that can fail return a negative number or false and leave the reason in errno.

constexpr std::size_t kMaxTransfer = std::size_t{1} << 30;  // bytes a call: every system takes this much

#if defined(_WIN32)

int open_to_read(const fs::path& path) {
  int handle = -1;
  errno = _wsopen_s(&handle, path.c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT, _SH_DENYNO, 0);
  return handle;
}

int create_new(const fs::path& path, fs::perms) {
  int handle = -1;
  errno = _wsopen_s(&handle, path.c_str(), _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT, _SH_DENYRW, _S_IREAD | _S_IWRITE);
  return handle;
}

long long read_some(int handle, std::byte* to, std::size_t count) { return _read(handle, to, static_cast<unsigned>(count)); }

bool seek_to(int handle, std::uint64_t position) { return _lseeki64(handle, static_cast<long long>(position), SEEK_SET) >= 0; }

long long write_some(int handle, const std::byte* from, std::size_t count) { return _write(handle, from, static_cast<unsigned>(count)); }

bool sync(int handle) { return _commit(handle) == 0; }

bool close_handle(int handle) { return _close(handle) == 0; }

/// False for anything but a regular file.
bool regular_size(int handle, std::uint64_t& size) {
  struct _stat64 status {};
  if (_fstat64(handle, &status) != 0 || (status.st_mode & _S_IFMT) != _S_IFREG) return false;
  size = static_cast<std::uint64_t>(status.st_size);
  return true;
}

std::error_code rename_over(const fs::path& from, const fs::path& to) {
  if (MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) return {};
  return {static_cast<int>(GetLastError()), std::system_category()};
}

std::error_code sync_folder(const fs::path&) { return {}; }  // MOVEFILE_WRITE_THROUGH did it

int process_id() { return _getpid(); }

#else

int open_to_read(const fs::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);  // a pipe without a writer must not block us
}

int create_new(const fs::path& path, fs::perms permissions) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(permissions));
}

long long read_some(int handle, std::byte* to, std::size_t count) { return ::read(handle, to, count); }

bool seek_to(int handle, std::uint64_t position) { return ::lseek(handle, static_cast<off_t>(position), SEEK_SET) >= 0; }

long long write_some(int handle, const std::byte* from, std::size_t count) { return ::write(handle, from, count); }

/// File systems that cannot sync say EINVAL or ENOTSUP; there is nothing more to be done there.
bool sync(int handle) {
  int result = 0;
  do result = ::fsync(handle);
  while (result != 0 && errno == EINTR);
  return result == 0 || errno == EINVAL || errno == ENOTSUP;
}

/// A close that a signal interrupted has closed all the same; the data was synced before.
bool close_handle(int handle) { return ::close(handle) == 0 || errno == EINTR; }

/// False for anything but a regular file.
bool regular_size(int handle, std::uint64_t& size) {
  struct stat status {};
  if (::fstat(handle, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  size = static_cast<std::uint64_t>(status.st_size);
  return true;
}

std::error_code rename_over(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  return {errno, std::generic_category()};
}

std::error_code sync_folder(const fs::path& folder) {
  int handle = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0) return {};  // a folder we may write to but not read: the rename has happened, its timing is the system's
  std::error_code failure;
  if (!sync(handle)) failure = {errno, std::generic_category()};
  close_handle(handle);
  return failure;
}

int process_id() { return static_cast<int>(::getpid()); }

#endif

std::error_code last_error() { return {errno, std::generic_category()}; }

[[noreturn]] void refuse(const std::string& name, const std::string& what) { throw Error(ErrorCode::io, name + ": " + what); }

[[noreturn]] void refuse_write(const std::string& name, const std::error_code& reason) {
  refuse(name, "cannot be written: " + reason.message() + " (what was there before is unchanged)");
}

/// The file beside the target that becomes the target; removed unless it got that far.
class TemporaryFile {
 public:
  TemporaryFile(fs::path target, std::string name) : target_(std::move(target)), name_(std::move(name)) {
    std::error_code ignored;
    fs::file_status previous = fs::status(target_, ignored);
    if (fs::is_directory(previous)) refuse(name_, "cannot be written: it is a folder, and a file was expected");
    if (fs::exists(previous) && !fs::is_regular_file(previous))
      refuse(name_, "cannot be written: it is a device or a pipe, and a regular file was expected");
    fs::path folder = folder_of(target_);
    if (!fs::exists(folder, ignored)) refuse(name_, "cannot be written: the folder " + path_text(folder) + " does not exist");

    constexpr fs::perms kNewFile = static_cast<fs::perms>(0666);  // less what the user's mask takes away
    fs::perms permissions = fs::exists(previous) ? previous.permissions() & static_cast<fs::perms>(0777) : kNewFile;
    static std::atomic<unsigned> counter{0};
    for (int attempt = 0; handle_ < 0; ++attempt) {
      path_ = folder / (".gouache-" + std::to_string(process_id()) + "-" + std::to_string(counter++) + ".tmp");
      handle_ = create_new(path_, permissions);
      if (handle_ < 0 && (errno != EEXIST || attempt == 1000)) refuse_write(name_, last_error());
    }
  }

  ~TemporaryFile() {
    if (handle_ >= 0) close_handle(handle_);
    std::error_code ignored;
    if (!renamed_) fs::remove(path_, ignored);
  }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void append(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      long long written = write_some(handle_, bytes.data(), std::min(bytes.size(), kMaxTransfer));
      if (written < 0 && errno == EINTR) continue;
      if (written == 0) errno = ENOSPC;
      if (written <= 0) refuse_write(name_, last_error());
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }

  void become_the_target() {
    if (!sync(handle_)) refuse_write(name_, last_error());
    if (!close_handle(std::exchange(handle_, -1))) refuse_write(name_, last_error());
    if (std::error_code failure = rename_over(path_, target_)) refuse_write(name_, failure);
    renamed_ = true;
    if (std::error_code failure = sync_folder(folder_of(target_)))
      refuse(name_, "was written, but its folder could not be synced: " + failure.message());
  }

 private:
  static fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

  fs::path target_;
  std::string name_;
  fs::path path_;
  int handle_ = -1;
  bool renamed_ = false;
};

}  // namespace

std::filesystem::path path_from_utf8(std::string_view text) { return fs::path(std::u8string(text.begin(), text.end())); }

std::string path_text(const std::filesystem::path& path) {
  std::u8string text = path.u8string();
  return std::string(text.begin(), text.end());
}

InputFile::InputFile(const std::filesystem::path& path) : name_(path_text(path)) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) refuse(name_, "cannot be read: it is a folder, and a file was expected");
  handle_ = open_to_read(path);
  if (handle_ < 0) refuse(name_, "cannot be read: " + last_error().message());
  if (!regular_size(handle_, size_)) {
    close_handle(handle_);
    refuse(name_, "cannot be read: it is a device or a pipe, and a regular file was expected");
  }
}

InputFile::~InputFile() { close_handle(handle_); }

void InputFile::read(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    long long got = read_some(handle_, bytes.data(), std::min(bytes.size(), kMaxTransfer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(name_, "cannot be read: " + last_error().message());
    if (got == 0)
      refuse(name_, "ended after " + std::to_string(position_) + " bytes, " + std::to_string(size_) +
                        " were expected (did something shorten it while it was read?)");
    position_ += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void InputFile::seek(std::uint64_t position) {
  if (position == position_) return;
  if (!seek_to(handle_, position)) refuse(name_, "cannot be read: " + last_error().message());
  position_ = position;
}

std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  InputFile file(path);
  if (file.size() > max_bytes)
    throw Error(ErrorCode::bad_file, path_text(path) + ": is " + std::to_string(file.size()) + " bytes long, at most " +
                                         std::to_string(max_bytes) + " are expected here");
  std::vector<std::byte> bytes(static_cast<std::size_t>(file.size()));
  file.read(bytes);
  return bytes;
}

void write_file_atomically(const std::filesystem::path& path, const std::function<void(const AppendBytes&)>& produce) {
  std::error_code ignored;
  fs::path target = path;
  if (fs::is_symlink(path, ignored)) {
    fs::path behind = fs::canonical(path, ignored);
    if (!ignored) target = behind;
  }
  TemporaryFile file(target, path_text(path));
  produce([&file](std::span<const std::byte> bytes) { file.append(bytes); });
  file.become_the_target();
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  write_file_atomically(path, [bytes](const AppendBytes& append) { append(bytes); });
}

}  // namespace gouache
