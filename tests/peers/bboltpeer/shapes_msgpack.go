package main

import (
	"encoding/binary"
	"math"
)

// A pair of a msgpack map; pairs keep their order, as a struct's fields do.
type pair struct {
	name  string
	value any
}

// msgpack appends a value as go-msgpack writes it: texts and bytes alike, in the
// old specification's raw form.
func msgpack(out []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(out, 0xc0)
	case bool:
		if v {
			return append(out, 0xc3)
		}
		return append(out, 0xc2)
	case uint64:
		return msgpackNumber(out, v)
	case int:
		return msgpackNumber(out, uint64(v))
	case float64:
		return binary.BigEndian.AppendUint64(append(out, 0xcb), math.Float64bits(v))
	case string:
		return append(msgpackSize(out, 0xa0, 32, 0xda, len(v)), v...)
	case []byte:
		return append(msgpackSize(out, 0xa0, 32, 0xda, len(v)), v...)
	case []any:
		out = msgpackSize(out, 0x90, 16, 0xdc, len(v))
		for _, inside := range v {
			out = msgpack(out, inside)
		}
		return out
	case []pair:
		out = msgpackSize(out, 0x80, 16, 0xde, len(v))
		for _, p := range v {
			out = msgpack(msgpack(out, p.name), p.value)
		}
		return out
	}
	panic("msgpack: a type that is not known")
}

func msgpackNumber(out []byte, n uint64) []byte {
	switch {
	case n < 0x80:
		return append(out, byte(n))
	case n <= 0xff:
		return append(out, 0xcc, byte(n))
	case n <= 0xffff:
		return binary.BigEndian.AppendUint16(append(out, 0xcd), uint16(n))
	case n <= 0xffffffff:
		return binary.BigEndian.AppendUint32(append(out, 0xce), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(out, 0xcf), n)
}

func msgpackSize(out []byte, short byte, limit int, long byte, size int) []byte {
	switch {
	case size < limit:
		return append(out, short|byte(size))
	case size <= 0xffff:
		return binary.BigEndian.AppendUint16(append(out, long), uint16(size))
	}
	return binary.BigEndian.AppendUint32(append(out, long+1), uint32(size))
}
