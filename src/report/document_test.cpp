// JSON that a person looks at in a terminal: nothing in it turns it.
#include "report/document.hpp"

#include <gtest/gtest.h>

namespace rebolt::report {
namespace {

std::string text_of(const std::string& value) {
    Document document = Document::object();
    document["a"] = value;
    return document.line();
}

TEST(Document, EscapesWhatTurnsATerminal) {
    EXPECT_EQ(text_of("\x1b[2J\x07"), R"({"a":"\u001b[2J\u0007"})");
    EXPECT_EQ(text_of("\x7f"), R"({"a":"\u007f"})");
    EXPECT_EQ(text_of("\u0080x\u009b31m"), R"({"a":"\u0080x\u009b31m"})");
    EXPECT_EQ(text_of("\u202e\u200b\u2028\u2066\ufeff"),
              R"({"a":"\u202e\u200b\u2028\u2066\ufeff"})");
}

TEST(Document, LeavesOtherTextAsItIs) {
    for (const char* text : {"größe 日本", "\u00a0", "\u2014 \u201e", "\uff01", "\U0001f600"})
        EXPECT_EQ(text_of(text), std::string("{\"a\":\"") + text + "\"}");
}

TEST(Document, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(text_of("a\xc2"), "{\"a\":\"a\ufffd\"}");
}

} // namespace
} // namespace rebolt::report
