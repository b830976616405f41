// Bodies that go to disk.
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "http/raw_client_fixture.h"
#include "http/server.h"

namespace pythia::http {
namespace {

std::string Contents(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

class UploadTest : public ServerFixture {
 protected:
  void AddUpload() {
    Add(
        "POST", "/upload",
        [](Request& r) {
          struct stat info{};
          ::stat(r.file.c_str(), &info);
          std::string body =
              fmt::format("{}|{}|{:o}", Contents(r.file), r.file_name, info.st_mode & 0777U);
          for (const auto& [name, value] : r.fields) body += fmt::format("|{}={}", name, value);
          return Response{.content_type = "text/plain", .body = body + r.body};
        },
        BodyKind::kFile, true);
  }
  // They go just after the answer.
  void AwaitNoFiles() const {
    for (int i = 0; i < 1000 && NumFiles() > 0; ++i) ::usleep(1000);
    EXPECT_EQ(NumFiles(), 0U);
  }
};

constexpr std::string_view kForm =
    "--XX\r\nContent-Disposition: form-data; name=\"dataset\"\r\n\r\nspring\r\n"
    "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a.csv\"\r\n"
    "Content-Type: text/csv\r\n\r\nx,y\r\n1,2\r\n--XX--\r\n";
constexpr std::string_view kFormType = "multipart/form-data; boundary=XX";

TEST_F(UploadTest, TakesFormsAndRawBytes) {
  AddUpload();
  Start();
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Post("/upload", kFormType, kForm)).body,
            "x,y\r\n1,2|a.csv|600|dataset=spring");
  EXPECT_EQ(client.Ask(Post("/upload", "text/csv", "a,b\n")).body, "a,b\n||600");
  EXPECT_EQ(client.Ask(Post("/upload", "text/csv", "")).body, "||600");
  EXPECT_EQ(client.Ask(Post("/upload", "text/csv", "\x1f\x8b", "Content-Encoding: gzip\r\n")).body,
            "\x1f\x8b||600");
  EXPECT_EQ(client
                .Ask("POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                     "\r\n3\r\nabc\r\n0\r\n\r\n")
                .body,
            "abc||600");
  client.SendOneByOne(Post("/upload", kFormType, kForm));
  EXPECT_EQ(client.Read().status, 200);
  client.Ask(Get("/nothing"));
  EXPECT_EQ(NumFiles(), 0U);
}

TEST_F(UploadTest, RefusesWithTheRightStatus) {
  options_.limits.file_bytes = 1000;
  AddUpload();
  Start();
  const auto status = [&](std::string_view type, std::string_view body,
                          std::string_view headers = {}) {
    return Ask(Post("/upload", type, body, headers)).status;
  };
  EXPECT_EQ(status("multipart/form-data", kForm), 400);
  EXPECT_EQ(status("multipart/form-data; boundary=YY", kForm), 400);
  EXPECT_EQ(status(kFormType, kForm.substr(0, kForm.size() - 8)), 400);
  EXPECT_EQ(status(kFormType, ""), 400);
  EXPECT_EQ(status(kFormType, kForm, "Content-Encoding: gzip\r\n"), 415);
  EXPECT_EQ(status("text/csv", "a", "Content-Encoding: br\r\n"), 415);
  EXPECT_EQ(status("text/csv", std::string(1001, 'x')), 413);
  EXPECT_EQ(Ask("POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3e8\r\n" +
                std::string(1000, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n")
                .status,
            413);
  AwaitNoFiles();
}

TEST_F(UploadTest, NoPlaceForTheFileIs507) {
  AddUpload();
  Start();
  std::filesystem::remove_all(folder_);
  const Answered gone = Ask(Post("/upload", "text/csv", "abc"));
  EXPECT_EQ(gone.status, 507);
  EXPECT_EQ(gone.body.find(folder_.string()), std::string::npos);
}

TEST_F(UploadTest, AWriteThatFailsIs507) {
  AddUpload();
  Start();
  // Stands for a full disk: the same path with another errno.
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {.rlim_cur = 100000, .rlim_max = old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Answered answer = Ask(Post("/upload", "text/csv", std::string(400000, 'x')));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(answer.status, 507);
  AwaitNoFiles();
}

TEST_F(UploadTest, FilesGoWhenTheClientLeaves) {
  AddUpload();
  Start();
  {
    RawClient client = Connect();
    client.Send("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
    for (int i = 0; i < 1000 && NumFiles() == 0; ++i) ::usleep(1000);
    EXPECT_EQ(NumFiles(), 1U);
  }
  AwaitNoFiles();
}

TEST_F(UploadTest, FilesGoWhenTheHandlerThrows) {
  Add("POST", "/upload", [](Request&) -> Response { throw 1; }, BodyKind::kFile);
  Start();
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Post("/upload", "text/csv", "abc")).status, 500);
  client.Ask(Get("/nothing"));
  EXPECT_EQ(NumFiles(), 0U);
}

TEST_F(UploadTest, TheFolderMustExist) {
  AddUpload();
  options_.upload_folder = folder_ / "missing";
  const auto server = Server::Start(options_, routes_);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::kIo);
}

int64_t ResidentBytes() {
  int64_t total = 0;
  int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

class UploadSlowTest : public UploadTest {};

TEST_F(UploadSlowTest, ALargeFileTakesNoMemory) {
  constexpr int64_t kMegabytes = 200;
  int64_t grown = 0;
  uint64_t size = 0;
  int64_t before = 0;
  Add(
      "POST", "/upload",
      [&](Request& r) {
        size = std::filesystem::file_size(r.file);
        grown = ResidentBytes() - before;
        return JsonResponse("{}");
      },
      BodyKind::kFile, true);
  Start();
  const std::string megabyte(1 << 20, 'x');
  const std::string begin = "--XX\r\nContent-Disposition: form-data; name=file\r\n\r\n";
  const std::string end = "\r\n--XX--\r\n";
  RawClient client = Connect();
  before = ResidentBytes();
  client.Send(
      fmt::format("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: {}\r\n"
                  "Content-Length: {}\r\n\r\n{}",
                  kFormType, begin.size() + kMegabytes * megabyte.size() + end.size(), begin));
  for (int64_t i = 0; i < kMegabytes; ++i) ASSERT_TRUE(client.Send(megabyte));
  EXPECT_EQ(client.Ask(end).status, 200);
  EXPECT_EQ(size, static_cast<uint64_t>(kMegabytes) << 20);
  EXPECT_LT(grown, 32 << 20);
}

}  // namespace
}  // namespace pythia::http
