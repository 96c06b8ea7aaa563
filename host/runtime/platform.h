// How does Gouache touch the file system?  Reads with a size limit and writes that replace a file whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gouache {

/// A path from UTF-8 text (what the public header and the command line hand us), on every platform.
std::filesystem::path path_from_utf8(std::string_view text);

/// A path as UTF-8 text, for messages.
std::string path_text(const std::filesystem::path& path);

/// A regular file that is read from its beginning, or from where seek() says.  Closes itself.
/// Every failure is Error(io) whose text names the file and the reason; folders, pipes and devices are refused.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Bytes in the file when it was opened.
  std::uint64_t size() const noexcept { return size_; }
  /// Fills `bytes` with what comes next; Error(io) if the file ends before `bytes` is full.
  void read(std::span<std::byte> bytes);
  /// The next read() begins at byte `position`.
  void seek(std::uint64_t position);

 private:
  std::string name_;
  int handle_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
};

/// The whole file.  Error(bad_file) before anything is allocated if it holds more than `max_bytes`; Error(io) as InputFile.
std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t max_bytes);

/// Appends bytes to the file that is being written.
using AppendBytes = std::function<void(std::span<const std::byte>)>;

/// Replaces `path` by what `produce` appends, whole or not at all: a temporary file in the same folder is written, synced
/// and renamed over `path`, then the folder is synced.  If anything fails (a full disk, an exception out of `produce`) the
/// temporary file is removed and the previous file stays as it was; the system's refusals are Error(io) naming file and
/// reason.  A symbolic link stays a link and its target is replaced; the previous file's permissions are kept.
void write_file_atomically(const std::filesystem::path& path, const std::function<void(const AppendBytes&)>& produce);

/// The same for bytes that lie ready.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace gouache
