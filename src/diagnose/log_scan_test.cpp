#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {
namespace {

using ::testing::HasSubstr;

const std::string logs = REBOLT_TEST_DATA "/logs/";

ScanReport scan_of(const std::string& name) {
    auto report = scan_file(logs + name);
    EXPECT_TRUE(report) << name;
    return report ? std::move(*report) : ScanReport{};
}

ScanReport scan_text(std::string_view text) {
    LogScan scan("test");
    scan.add(text);
    return scan.finish();
}

Diagnosis diagnosis_of(const std::string& name) {
    const auto diagnoses = judge(scan_of(name));
    EXPECT_FALSE(diagnoses.empty()) << name;
    return diagnoses.empty() ? Diagnosis{} : diagnoses.front();
}

std::string all(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

const std::map<std::string, Signature> samples = {
    {"dockerd-cursor-growslice.log", Signature::cursor_out_of_memory},
    {"dockerd-20.10-cursor-register-abi.log", Signature::cursor_out_of_memory},
    {"dockerd-boltdb-go1.20.log", Signature::cursor_out_of_memory},
    {"bbolt-check-stack-overflow.log", Signature::tree_stack_overflow},
    {"containerd-key-out-of-range.log", Signature::key_out_of_range},
    {"influxd-page-type.log", Signature::page_type_invalid},
    {"consul-page-type-zero.log", Signature::page_type_invalid},
    {"containerd-page-type-text.log", Signature::page_type_invalid},
    {"influx-freelist-page.log", Signature::freelist_page_invalid},
    {"etcd-pages-unreachable.log", Signature::pages_unreachable},
    {"etcd-page-loop.log", Signature::pages_unreachable},
    {"consul-page-freed-twice.log", Signature::page_freed_twice},
    {"http-page-freed-twice.log", Signature::page_freed_twice},
    {"influxd-fault-address.log", Signature::fault_address},
    {"containerd-page-id.log", Signature::page_id_mismatch},
    {"app-circular-write.log", Signature::circular_write},
    {"app-above-high-water.log", Signature::page_above_high_water},
    {"containerd-meta-invalid.log", Signature::meta_invalid},
    {"app-bolt-panic.log", Signature::bolt_panic},
    {"dockerd-lock-timeout.log", Signature::lock_timeout},
    {"containerd-lock-wait.log", Signature::lock_timeout},
    {"etcd-file-missing.log", Signature::file_missing},
    {"dockerd-killed-for-memory.log", Signature::killed_for_memory},
    {"bbolt-check-output.log", Signature::pages_unreachable},
    {"field/words/00.log", Signature::freelist_damaged},
    {"field/words/04.log", Signature::page_damaged},
    {"field/logs/53-containerd-nil-bucket.log", Signature::bucket_missing},
    {"etcd-record-invalid.log", Signature::record_invalid},
    {"dockerd-record-invalid.log", Signature::record_invalid},
    {"etcd-data-inconsistent.log", Signature::data_inconsistent},
    {"field/oneliners/02.log", Signature::file_too_small},
    {"field/oneliners/51.log", Signature::file_too_large},
    {"field/logs/66-swarm-no-memory.log", Signature::address_space_exhausted},
    {"field/logs/15-etcd-vboxsf-invalid-argument.log", Signature::mmap_unsupported},
    {"field/logs/68-consul-mapped-section-windows.log", Signature::file_still_mapped},
    {"field/logs/52-windows-fault-meta.log", Signature::remap_failed},
    {"field/words/30.log", Signature::value_too_large},
    {"field/logs/21-consul-no-space.log", Signature::disk_full},
    {"field/logs/69-dockerd-eio.log", Signature::io_error},
    {"field/logs/70-containerd-nosuch.log", Signature::read_only_file_system},
    {"field/oneliners/03.log", Signature::permission_denied},
    {"field/logs/19-nomad-database-not-open.log", Signature::database_closed},
    {"dockerd-start-hanging.log", Signature::start_hanging},
    {"../real/docker-20.10-running.db", Signature::database_given},
};

TEST(LogScan, EverySampleHasItsSignature) {
    std::array<bool, signature_count> seen{};
    for (const auto& [name, signature] : samples) {
        const Diagnosis diagnosis = diagnosis_of(name);
        EXPECT_EQ(name_of(diagnosis.symptom.signature), name_of(signature)) << name;
        EXPECT_NE(diagnosis.cause, "") << name;
        EXPECT_NE(diagnosis.symptom.text, "") << name;
        seen[static_cast<std::size_t>(signature)] = true;
    }
    for (std::size_t i = 0; i < signature_count; ++i)
        EXPECT_TRUE(seen[i]) << "no sample of " << name_of(static_cast<Signature>(i));
}

TEST(LogScan, EverySignatureIsDocumented) {
    std::ifstream stream(REBOLT_SOURCE_DIR "/docs/signatures.md");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    for (std::size_t i = 0; i < signature_count; ++i) {
        const std::string_view name = name_of(static_cast<Signature>(i));
        EXPECT_THAT(text, HasSubstr("\n## " + std::string(name) + "\n"));
    }
}

TEST(LogScan, HealthyLogsAndOthersCrashesHaveNone) {
    for (const char* name :
         {"healthy-dockerd.log", "healthy-containerd.log", "healthy-etcd-3.4.log",
          "healthy-etcd-3.5.log", "unrelated-crashes.log"}) {
        const ScanReport report = scan_of(name);
        EXPECT_GT(report.lines, 5U) << name;
        for (const Symptom& symptom : report.symptoms)
            ADD_FAILURE() << name << ": " << name_of(symptom.signature) << ": " << symptom.text;
    }
    EXPECT_EQ(scan_of("unrelated-crashes.log").traces, 4U);
}

TEST(LogScan, TheSeedsTraceSaysHowDeepTheCursorWas) {
    const Diagnosis diagnosis = diagnosis_of("dockerd-cursor-growslice.log");
    EXPECT_EQ(diagnosis.certainty, Certainty::proven);
    EXPECT_EQ(diagnosis.symptom.program, "dockerd");
    EXPECT_EQ(diagnosis.symptom.time, "Dec 07 15:52:10");
    EXPECT_THAT(all(diagnosis.proof), HasSubstr("the cursor's stack was 51,412,650 pages deep"));
    EXPECT_THAT(diagnosis.cause, HasSubstr("a page of the database leads back to itself"));
    EXPECT_EQ(diagnosis.symptom.trace.call_path(),
              "NewDaemon → Daemon.restore → Daemon.initNetworkController → libnetwork.New → "
              "controller.reservePools → network.getEndpointsFromStore → datastore.List → "
              "cache.list → cache.kmap → BoltDB.List → DB.View → Cursor.Next → Cursor.next → "
              "Cursor.first");
    EXPECT_EQ(diagnosis.files,
              std::vector<std::string>{"/var/lib/docker/network/files/local-kv.db"});
}

// From Go 1.17 on arguments are in registers, and old by the time of the crash.
TEST(LogScan, ARealDockerdsTraceTellsTheDepthByTheMemoryItAskedFor) {
    const Diagnosis diagnosis = diagnosis_of("dockerd-20.10-cursor-register-abi.log");
    EXPECT_EQ(diagnosis.certainty, Certainty::proven);
    EXPECT_THAT(all(diagnosis.proof), HasSubstr("about 41,243,988 pages deep"));
    EXPECT_THAT(all(diagnosis.proof), HasSubstr("3.2 GB were in use"));
    EXPECT_THAT(diagnosis.symptom.trace.call_path(), HasSubstr("bridge.Init → driver.configure"));
}

TEST(LogScan, ArgumentsOfGo120AreReadInTheirOrder) {
    const Diagnosis diagnosis = diagnosis_of("dockerd-boltdb-go1.20.log");
    EXPECT_THAT(all(diagnosis.proof), HasSubstr("30,459,360 pages deep"));
}

TEST(LogScan, AStackOverflowTellsThePagesOfTheLoop) {
    const Diagnosis diagnosis = diagnosis_of("bbolt-check-stack-overflow.log");
    EXPECT_EQ(diagnosis.certainty, Certainty::proven);
    EXPECT_THAT(all(diagnosis.proof), HasSubstr("6649 > 7508 > 7916 > 6649"));
    EXPECT_THAT(all(diagnosis.proof), HasSubstr("7,456,453 pages deep"));
    EXPECT_THAT(diagnosis.pages, ::testing::UnorderedElementsAre(6649, 7508, 7916));
}

TEST(LogScan, NumbersInMessagesSayWhatStandsInThePage) {
    EXPECT_THAT(all(diagnosis_of("influxd-page-type.log").proof),
                HasSubstr("page 26 identifies itself as a freelist page"));
    EXPECT_THAT(all(diagnosis_of("containerd-page-type-text.log").proof),
                HasSubstr("is the text `id\"],\"ac`"));
    EXPECT_THAT(all(diagnosis_of("containerd-page-id.log").proof),
                HasSubstr("page 3393 holds something that identifies itself as page"));
    EXPECT_THAT(all(diagnosis_of("etcd-page-loop.log").proof),
                HasSubstr("is pages 921 2733 2213 1929"));
    EXPECT_THAT(all(diagnosis_of("etcd-pages-unreachable.log").proof),
                HasSubstr("the database ends before page 3758"));
    EXPECT_THAT(diagnosis_of("influxd-page-type.log").files,
                ::testing::Contains("/var/lib/influxdb2/influxd.bolt"));
}

TEST(LogScan, PrefixesOfLoggersComeOff) {
    for (const std::string prefix : {"", "Mar 04 14:17:36 host etcd[87]: ",
                                     "2020-07-03T21:41:41.7Z ", "2020-07-03T21:41:41.7Z stderr F ",
                                     "etcd-1  | ", "2020-07-03T21:41:41+0200 h etcd[9]: "}) {
        const ScanReport report =
            scan_text(prefix + "panic: page 7 already freed\n" + prefix + "\n" + prefix +
                      "goroutine 1 [running]:\n" + prefix +
                      "go.etcd.io/bbolt.(*freelist).free(0xc000559560, 0x10d66a)\n" + prefix +
                      "\t/src/freelist.go:121 +0x2a0\n");
        ASSERT_EQ(report.symptoms.size(), 1U) << prefix;
        ASSERT_EQ(report.symptoms[0].trace.frames.size(), 1U) << prefix;
        EXPECT_EQ(report.symptoms[0].trace.frames[0].line, 121U) << prefix;
    }
}

TEST(LogScan, DockersJsonLinesAreUnwrapped) {
    const ScanReport report = scan_text(
        R"({"log":"panic: invalid freelist page: 0, page type is unknown\u003c00\u003e\n",)"
        R"("stream":"stderr"})"
        "\n"
        R"({"log":"\n","stream":"stderr"})"
        "\n"
        R"({"log":"goroutine 1 [running]:\n","stream":"stderr"})"
        "\n"
        R"({"log":"go.etcd.io/bbolt.(*freelist).read(0xc000433d00)\n","stream":"stderr"})"
        "\n"
        R"({"log":"\u0009/src/freelist.go:266 +0x30b\n","stream":"stderr"})"
        "\n");
    ASSERT_EQ(report.symptoms.size(), 1U);
    EXPECT_THAT(report.symptoms[0].text, HasSubstr("unknown<00>"));
    ASSERT_EQ(report.symptoms[0].trace.frames.size(), 1U);
    EXPECT_EQ(report.symptoms[0].trace.frames[0].line, 266U);
}

TEST(LogScan, ACrashLoopIsOneSymptomWithACount) {
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "panic: page " + std::to_string(i) +
                " already freed\n\ngoroutine 1 [running]:\n"
                "go.etcd.io/bbolt.(*freelist).free(0xc0, 0x1)\n\t/src/freelist.go:121 +0x2a0\n"
                "\nStarting again\n";
    const ScanReport report = scan_text(text);
    ASSERT_EQ(report.symptoms.size(), 1U);
    EXPECT_EQ(report.symptoms[0].count, 500U);
    EXPECT_THAT(report.symptoms[0].text, HasSubstr("page 499"));
}

TEST(LogScan, ADumpThatWasAskedForIsAHintAtMost) {
    const std::string frames = "go.etcd.io/bbolt.(*Cursor).first(0xc0004862e0)\n"
                               "\t/src/cursor.go:182 +0x105\n\n";
    const auto busy = judge(scan_text("goroutine 1 [runnable]:\n" + frames +
                                      "goroutine 7 [select]:\nmain.main()\n\t/src/m.go:1 +0x1\n"));
    ASSERT_EQ(busy.size(), 1U);
    EXPECT_EQ(busy[0].certainty, Certainty::hint);
    EXPECT_TRUE(judge(scan_text("goroutine 1 [select, 9 minutes]:\n" + frames)).empty());
}

TEST(LogScan, OfHostileInputABoundedPartIsKept) {
    LogScan scan("test");
    const std::string long_piece(1 << 16, 'x');
    for (int i = 0; i < 256; ++i)
        scan.add(long_piece); // one line of 16 MiB
    std::string binary;
    for (int i = 0; i < 1 << 20; ++i)
        binary += static_cast<char>(i * 2654435761U >> 24);
    scan.add(binary);
    scan.add("\npanic: page 1 already freed\ngoroutine 1 [running]:\n");
    for (int i = 0; i < 200'000; ++i)
        scan.add("go.etcd.io/bbolt.(*Tx).forEachPage(0xc0001ea000, 0x1eec, 0x71c6c2)\n");
    for (int i = 0; i < 2000; ++i)
        scan.add("\npanic: invalid page type: 1: 10\n\ngoroutine 1 [running]:\nmain.f" +
                 std::to_string(i) + "()\n\n");
    const ScanReport report = scan.finish();
    EXPECT_GE(report.lines_cut, 1U);
    EXPECT_EQ(report.symptoms.size(), 32U);
    EXPECT_GT(report.symptoms_left, 1000U);
    ASSERT_EQ(report.symptoms[0].trace.frames.size(), 128U);
    EXPECT_EQ(report.symptoms[0].trace.frames_dropped, 200'000U - 128U);
}

TEST(LogScan, TornTracesNeverFail) {
    for (const auto& [name, signature] : samples) {
        if (signature == Signature::database_given)
            continue;
        std::ifstream stream(logs + name);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        // Up to some 60 cuts of a log, at odd places.
        const std::size_t step = std::max<std::size_t>(37, text.size() / 61);
        for (std::size_t end = 0; end < text.size(); end += step) {
            static_cast<void>(judge(scan_text(std::string_view(text).substr(0, end))));
            std::string changed = text;
            changed[end] = '(';
            static_cast<void>(judge(scan_text(changed)));
        }
    }
}

TEST(LogScan, OneThatIsPackedIsRead) {
    const ScanReport packed = scan_of("dockerd-cursor-growslice.log.gz");
    const ScanReport plain = scan_of("dockerd-cursor-growslice.log");
    EXPECT_EQ(packed.lines, plain.lines);
    ASSERT_EQ(packed.symptoms.size(), 1U);
    EXPECT_EQ(packed.symptoms[0].trace.call_path(), plain.symptoms[0].trace.call_path());
}

TEST(LogScan, OneThatIsPackedByAnotherPackerSaysHowToUnpackIt) {
    const std::string path = ::testing::TempDir() + "/packed.log.zst";
    std::ofstream(path) << "\x28\xB5\x2F\xFD and so on";
    const auto report = scan_file(path);
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().to_text(), HasSubstr("zstd -dc " + path));
}

TEST(LogScan, AServiceThatDoesNotComeUpMayHang) {
    const Diagnosis log = diagnosis_of("dockerd-start-hanging.log");
    EXPECT_EQ(log.certainty, Certainty::hint);
    EXPECT_EQ(log.symptom.program, "dockerd");
    const Diagnosis status = diagnosis_of("systemctl-status-growing.log");
    EXPECT_EQ(status.symptom.signature, Signature::start_hanging);
    EXPECT_EQ(status.symptom.text, "Main PID: 274797 (dockerd)");
}

TEST(LogScan, TheKernelSpeaksOfFreedPagesToo) {
    for (const char* line : {"Jan 01 00:00:00 h kernel: page 12345 already freed\n",
                             "[123.456] BUG: page 12345 already freed\n"})
        EXPECT_TRUE(judge(scan_text(line)).empty()) << line;
}

std::string program_in(const std::string& log) {
    const auto diagnoses = judge(scan_text(log));
    return diagnoses.empty() ? "nothing was found" : diagnoses.front().symptom.program;
}

TEST(LogScan, LevelsAndErrorsAreNoPrograms) {
    EXPECT_EQ(program_in("[err]: panic: page 58 already freed\n"), "");
    EXPECT_EQ(program_in("server.go:2161: http: panic serving 127.0.0.1:4: page 7 already freed\n"),
              "");
    EXPECT_EQ(program_in("{\"level\":\"info\",\"message\":\"loading PortainerDB\"}\n"
                         "2024/01/11 16:15:56 Unable to open the database, err: timeout\n"),
              "portainer");
}

TEST(LogScan, LibkvAndLibnetworkAreDockers) {
    EXPECT_EQ(
        program_in("panic: assertion failed: page 9 already freed\n\ngoroutine 1 [running]:\n"
                   "github.com/boltdb/bolt.(*freelist).free(0xc208502d80, 0x4cd3, 0x7f8088)\n"
                   "\t/usr/src/vendor/src/github.com/boltdb/bolt/freelist.go:112 +0x2c1\n"
                   "github.com/docker/libkv/store/boltdb.(*BoltDB).AtomicDelete(0xc208)\n"
                   "\t/usr/src/vendor/src/github.com/docker/libkv/store/boltdb/boltdb.go:342\n"),
        "dockerd");
    EXPECT_EQ(program_in("ERRO[0137] failed to update store for object type "
                         "*libnetwork.endpoint: timeout.\n"),
              "dockerd");
}

// Each word is looked for from one end of the line only: what costs a line's
// length for each of its words would not end here.
TEST(LogScan, LongLinesOfWordsCostTheirLength) {
    LogScan scan("test");
    for (const std::string_view word : {".db;", ": timeout, ", "panic: ", "goroutine 1 [", "\\\"",
                                        "\"", "page 1", "component="}) {
        std::string line;
        while (line.size() < LogScan::line_bytes_max)
            line += word;
        for (int i = 0; i < 8; ++i)
            scan.add(line + "panic: x\n");
    }
    EXPECT_EQ(scan.finish().lines, 64U);
}

TEST(LogScan, AFileThatIsNotThereIsAnError) {
    const auto report = scan_file(logs + "no-such.log");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), ErrorCode::file_not_found);
}

} // namespace
} // namespace rebolt::diagnose
