"""Brings the data of a damaged file back: what a program in Python looks like."""

import ctypes
import sys


class Bytes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t)]

    def value(self):
        return ctypes.string_at(self.data, self.size)


class Recovered(ctypes.Structure):
    _fields_ = [("keys", ctypes.c_uint64), ("current", ctypes.c_uint64),
                ("lost_estimate", ctypes.c_uint64)]


VISIT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Bytes),
                         ctypes.POINTER(Bytes), ctypes.c_int)
OK, DAMAGED = 0, 1


def load(path):
    rebolt = ctypes.CDLL(path)
    rebolt.rebolt_message.restype = ctypes.c_char_p
    rebolt.rebolt_open.argtypes = [ctypes.c_char_p, ctypes.c_int64,
                                   ctypes.POINTER(ctypes.c_void_p)]
    rebolt.rebolt_close.argtypes = [ctypes.c_void_p]
    rebolt.rebolt_close.restype = None
    rebolt.rebolt_walk.argtypes = [ctypes.c_void_p, ctypes.POINTER(Bytes), ctypes.c_size_t, VISIT,
                                   ctypes.c_void_p]
    rebolt.rebolt_recover.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int64,
                                      ctypes.POINTER(Recovered)]
    return rebolt


def buckets(rebolt, path):
    names = []
    db = ctypes.c_void_p()
    if rebolt.rebolt_open(path, 1000, ctypes.byref(db)) != OK:
        sys.exit(rebolt.rebolt_message().decode())
    visit = VISIT(lambda context, key, value, is_bucket: names.append(key[0].value()) or 0)
    if rebolt.rebolt_walk(db, None, 0, visit, None) != OK:
        sys.exit(rebolt.rebolt_message().decode())
    rebolt.rebolt_close(db)
    return names


def main(library, damaged, new):
    rebolt = load(library)
    recovered = Recovered()
    status = rebolt.rebolt_recover(damaged.encode(), new.encode(), 1000, ctypes.byref(recovered))
    if status not in (OK, DAMAGED):
        sys.exit(rebolt.rebolt_message().decode())
    print(f"{recovered.keys} keys, {recovered.current} of them current")
    print("buckets:", b", ".join(buckets(rebolt, new.encode())).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
