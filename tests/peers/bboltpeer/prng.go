package main

import "encoding/binary"

// splitmix64 is the finalizer of the splitmix64 generator, as a function of
// an index.
func splitmix64(index uint64) uint64 {
	z := index + 0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// noise returns size bytes that depend only on seed and size.
func noise(seed uint64, size int) []byte {
	data := make([]byte, (size+7)/8*8)
	state := splitmix64(seed)
	for at := 0; at < len(data); at += 8 {
		binary.LittleEndian.PutUint64(data[at:], splitmix64(state))
		state += 0x9e3779b97f4a7c15
	}
	return data[:size]
}
