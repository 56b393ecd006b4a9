// The tests' main; and the writer that kill_test starts and kills.
#include <cstdlib>

#include <gmock/gmock.h>

#include "numbered_writer.hpp"

int main(int count, char** words) {
    if (const char* path = std::getenv(rebolt::test::writer_variable))
        return rebolt::test::write_until_killed(path);
    testing::InitGoogleMock(&count, words);
    return RUN_ALL_TESTS();
}
