// Only here to have GoogleTest's headers compiled once, for all tests.
