// One crash in the forms that loggers give its lines: the diagnosis is the same.
// The crash is moby/moby#43072's: a cursor 51,412,650 pages deep.
#include <fstream>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {
namespace {

// The crash's lines as dockerd wrote them.
std::vector<std::string> crash() {
    std::ifstream stream(REBOLT_TEST_DATA "/logs/dockerd-cursor-growslice.log");
    std::vector<std::string> lines;
    constexpr std::string_view mark = "dockerd[274797]: ";
    for (std::string line; std::getline(stream, line);)
        if (const std::size_t at = line.find(mark); at != std::string::npos)
            lines.push_back(line.substr(at + mark.size()));
    return lines;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '"'    ? "\\\""
               : c == '\\' ? "\\\\"
               : c == '\t' ? "\\t"
               : c == '\n' ? "\\n"
                           : std::string(1, c);
    return out;
}

std::string bytes_of(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += fmt::format("{}{}", out.empty() ? "" : ",", static_cast<int>(c));
    return out;
}

// `{0}` is the line, `{1}` the line escaped, `{2}` a number that changes with each
// line, `{3}` the line's bytes.
const std::map<std::string, std::string> forms{
    {"as it is", "{0}"},
    {"journalctl short", "Dec 07 15:52:{2:02} host1 dockerd[274797]: {0}"},
    {"journalctl short, French", "déc. 07 15:52:{2:02} host1 dockerd[274797]: {0}"},
    {"journalctl short, Chinese", "12月 07 15:52:{2:02} host1 dockerd[274797]: {0}"},
    {"journalctl short-precise", "Dec 07 15:52:{2:02}.123456 host1 dockerd[274797]: {0}"},
    {"journalctl short-iso", "2021-12-07T15:52:{2:02}+0800 host1 dockerd[274797]: {0}"},
    {"journalctl short-full", "Tue 2021-12-07 15:52:{2:02} CST host1 dockerd[274797]: {0}"},
    {"journalctl short-monotonic", "[{2:5}.123456] host1 dockerd[274797]: {0}"},
    {"journalctl short-unix", "16388635{2:02}.123456 host1 dockerd[274797]: {0}"},
    {"journalctl with-unit", "Tue 2021-12-07 15:52:{2:02} CST host1 docker.service[274797]: {0}"},
    {"journalctl no-hostname", "Dec 07 15:52:{2:02} dockerd[274797]: {0}"},
    {"journalctl verbose", "Tue 2021-12-07 15:52:{2:02}.1 CST [s=ab{2};i={2:x}]\n    PRIORITY=6\n"
                           "    _COMM=dockerd\n    MESSAGE={0}\n    _PID=274797"},
    {"journalctl export", "__CURSOR=s=ab{2:x}\nPRIORITY=6\nMESSAGE={0}\n_PID=274797\n"},
    {"journalctl json",
     R"({{"__CURSOR":"s=8f{2:x}","_PID":"2","MESSAGE":"{1}","_COMM":"dockerd"}})"},
    {"journalctl json, bytes", R"({{"_COMM":"dockerd","MESSAGE":[{3}],"_PID":"2"}})"},
    {"journalctl json-pretty", "{{\n\t\"__CURSOR\" : \"s={2:x}\",\n\t\"MESSAGE\" : \"{1}\"\n}}"},
    {"journalctl json-sse", "data: {{\"__CURSOR\":\"s={2:x}\",\"MESSAGE\":\"{1}\"}}\n"},
    {"syslog with priority", "<30>Dec  7 15:52:{2:02} host1 dockerd[274797]: {0}"},
    {"syslog without process", "Dec  7 15:52:{2:02} host1 dockerd: {0}"},
    {"RFC 5424", "<30>1 2021-12-07T15:52:{2:02}.{2}Z host1 dockerd 274797 - - {0}"},
    {"RFC 5424 with data", "<30>1 2021-12-07T15:52:{2:02}Z h dockerd 2 ID47 [a n=\"{2}\"] {0}"},
    {"kubectl --prefix", "[pod/x-0/dockerd] {0}"},
    {"kubectl --timestamps", "2021-12-07T15:52:{2:02}.{2}Z {0}"},
    {"CRI", "2021-12-07T15:52:{2:02}.123456789+08:00 stderr F {0}"},
    {"stern", "x-0 dockerd {0}"},
    {"stern in colour", "\x1B[38;5;2mx-0\x1B[0m \x1B[32mdockerd\x1B[0m {0}"},
    {"compose", "dockerd-1  | {0}"},
    {"compose in colour", "\x1B[36mdockerd_1  |\x1B[0m {0}"},
    {"compose with time", "dockerd-1  | 2021-12-07T15:52:{2:02}.{2}Z {0}"},
    {"swarm", "svc_dockerd.1.abcdefghijkl@host1    | {0}"},
    {"Docker Desktop", "[2021-12-07T15:52:{2:02}.123456789Z][dockerd] {0}"},
    {"supervisord", "2021-12-07 15:52:{2:02},123 DEBG 'dockerd' stderr output: {0}"},
    {"Go's log", "2021/12/07 15:52:{2:02} {0}"},
    {"klog", "E1207 15:52:{2:02}.123456   27479 server.go:12] {0}"},
    {"time in brackets", "[15:52:{2:02}] {0}"},
    {"daemontools", "@4000000061af{2:02x}2525c0d9a4 {0}"},
    {"heroku", "2021-12-07T15:52:{2:02}.1+00:00 app[dockerd.1]: {0}"},
    {"quoted in a mail", "> {0}"},
    {"indented", "    {0}"},
    {"with line numbers", "{2:5}\t{0}"},
    {"grep -n", "/var/log/messages:{2}:{0}"},
    {"lines of Windows", "{0}\r"},
    {"json-file", R"({{"log":"{1}\n","stream":"stderr","time":"2021-12-07T15:52:{2:02}.{2}Z"}})"},
    {"json-file, other order", R"({{"time":"2021-12-07T15:52:01.{2}Z", "log": "{1}\n"}})"},
    {"JSON message", R"({{"@timestamp":"2021-12-07T15:52:{2:02}Z","message":"{1}"}})"},
    {"JSON nested", R"({{"insertId":"q{2:x}","jsonPayload":{{"message":"{1}"}}}})"},
    {"textPayload", R"({{"insertId":"q{2:x}","severity":"ERROR","textPayload":"{1}"}})"},
    {"fluentd", "2021-12-07 15:52:{2:02} +0000 kube.dockerd: {{\"log\": \"{1}\"}}"},
    {"fluent-bit", "[0] kube.dockerd: [16388635{2:02}.{2}, {{\"log\"=>\"{1}\"}}]"},
    {"logfmt", "time=\"2021-12-07T15:52:{2:02}.{2}Z\" level=info msg=\"{1}\" stream=stderr"},
    {"macOS", "2021-12-07 15:52:{2:02}.123456+0100 0x{2:x}1a Default 0x0  812  0  dockerd: {0}"},
    {"Android", "12-07 15:52:{2:02}.123   812   812 I dockerd : {0}"},
    {"syslog-ng", "2021 Dec  7 15:52:{2:02} host1 daemon.info dockerd[274797]: {0}"},
    {"GELF", R"({{"version":"1.1","host":"h","short_message":"{1}","level":6}})"},
    {"CSV", "2021-12-07T15:52:{2:02}Z,host1,dockerd,{0}"},
    {"lines of Ansible", "            \"{1}\","},
    {"Azure", R"({{"LogEntry":"{1}","TimeGenerated":"2021-12-07T15:52:{2:02}Z"}})"},
    {"OTLP", R"({{"logRecords":[{{"timeUnixNano":"{2}","body":{{"stringValue":"{1}"}}}}]}})"},
    {"journalctl short, Russian", "дек 07 15:52:{2:02} host1 dockerd[274797]: {0}"},
    {"journalctl short-delta", "[{2:5}.123456 <    0.000{2:03} >] host1 dockerd[274797]: {0}"},
    {"RFC 5424 with a mark", "<30>1 2021-12-07T15:52:{2:02}Z h dockerd 274797 - - \xEF\xBB\xBF{0}"},
    {"PM2", "0|dockerd  | {0}"},
    {"svlogd", "2021-12-07_15:52:{2:02}.12345 {0}"},
    {"hclog", "    2021-12-07T15:52:{2:02}.123Z [ERROR] dockerd: {0}"},
    {"Loki's logcli", "2021-12-07T15:52:{2:02}Z {{app=\"dockerd\"}} {0}"},
};

std::string written(const std::string& form, const std::vector<std::string>& lines) {
    std::string log;
    for (std::size_t i = 0; i < lines.size(); ++i)
        log += fmt::format(fmt::runtime(form), lines[i], escaped(lines[i]), i, bytes_of(lines[i])) +
               "\n";
    return log;
}

void expect_the_diagnosis(std::string_view log) {
    LogScan scan("test");
    scan.add(log);
    const auto diagnoses = judge(scan.finish());
    ASSERT_EQ(diagnoses.size(), 1U);
    const Diagnosis& one = diagnoses.front();
    EXPECT_EQ(name_of(one.symptom.signature), "cursor-out-of-memory");
    EXPECT_EQ(one.certainty, Certainty::proven);
    EXPECT_EQ(one.depth, 51'412'650U);
    EXPECT_EQ(one.symptom.program, "dockerd");
    EXPECT_THAT(one.symptom.trace.call_path(),
                ::testing::MatchesRegex("NewDaemon → Daemon\\.restore → .* → Cursor\\.first"));
    EXPECT_THAT(one.files, ::testing::ElementsAre("/var/lib/docker/network/files/local-kv.db"));
    EXPECT_THAT(one.units, ::testing::ElementsAre("docker.socket", "docker.service"));
}

TEST(LineForms, EachGivesTheSeedsDiagnosis) {
    const auto lines = crash();
    ASSERT_GT(lines.size(), 40U);
    for (const auto& [name, form] : forms) {
        SCOPED_TRACE(name);
        expect_the_diagnosis(written(form, lines));
    }
}

TEST(LineForms, ACrashInOneFieldIsReadAsLines) {
    std::string text;
    for (const std::string& line : crash())
        text += line + "\n";
    const std::string field = escaped(text);
    for (const std::string& log :
         {R"({"level":"error","std_out":")" + field + "\"}\n",
          "level=error caller=x.go:1 err=\"" + field + "\" next=1\n",
          R"({"log":")" + escaped("level=error err=\"" + field + "\"\n") + "\"}\n"}) {
        SCOPED_TRACE(log.substr(0, 40));
        expect_the_diagnosis(log);
    }
    std::string of_rsyslog = "Dec  7 15:52:10 host1 dockerd: ";
    for (const char c : text)
        of_rsyslog += c == '\n' ? "#012" : c == '\t' ? "#011" : std::string(1, c);
    expect_the_diagnosis(of_rsyslog + "\n");
}

TEST(LineForms, Utf16IsReadWithAndWithoutItsMark) {
    const std::string text = written("{0}", crash());
    std::string little;
    std::string big;
    for (const char c : text) {
        little += {c, '\0'};
        big += {'\0', c};
    }
    expect_the_diagnosis("\xFF\xFE" + little);
    expect_the_diagnosis("\xFE\xFF" + big);
    expect_the_diagnosis(little);
    expect_the_diagnosis("\xEF\xBB\xBF" + text);
}

TEST(LineForms, CrashesOfTwoWritersAtOnceAreTwo) {
    LogScan scan("test");
    for (const std::string& line : crash())
        scan.add("a-1  | " + line + "\nb-1  | " + line + "\n");
    const ScanReport report = scan.finish();
    ASSERT_EQ(report.symptoms.size(), 1U);
    EXPECT_EQ(report.symptoms[0].count, 2U);
    EXPECT_EQ(report.traces, 2U);
}

} // namespace
} // namespace rebolt::diagnose
