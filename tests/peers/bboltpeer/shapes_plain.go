package main

import "fmt"

// plainKey is the same in every bucket: that two buckets share ranges of keys
// makes it hard to tell whose an old page is.
func plainKey(number int) string { return fmt.Sprintf("key-%08d", number) }

func (h *history) opaque(size int) []byte {
	if h.roll(40) == 0 {
		return nil
	}
	return noise(h.state, 1+h.roll(2*size))
}

// fillPlain makes buckets with so many keys each, and then changes and deletes.
func fillPlain(h *history, counts []int, size int) {
	names := []string{"alpha", "beta", "gamma"}
	for i, count := range counts {
		for first := 0; first < count; first += 25 {
			h.commit(func(t *shapeTx) {
				for j := first; j < first+25 && j < count; j++ {
					t.put(names[i:i+1], plainKey(j*7919%count), h.opaque(size))
				}
			})
		}
	}
	for round := 0; round < 250; round++ {
		h.changePlain(names, counts, size)
	}
}

func (h *history) changePlain(names []string, counts []int, size int) {
	at := h.roll(len(counts))
	path := names[at : at+1]
	switch h.roll(8) {
	case 0:
		h.closeAndOpen()
	case 1, 2, 3: // a run of deletions
		first := h.roll(counts[at])
		for j := first; j < first+h.roll(12)+1; j++ {
			h.commit(func(t *shapeTx) { t.erase(path, plainKey(j)) })
		}
	case 4: // a run of changes
		first := h.roll(counts[at])
		h.commit(func(t *shapeTx) {
			for j := first; j < first+20 && j < counts[at]; j++ {
				t.put(path, plainKey(j), h.opaque(size))
			}
		})
	case 5:
		h.besideReader(func() {
			for i := 0; i < 3; i++ {
				h.commit(func(t *shapeTx) { t.put(path, plainKey(h.roll(counts[at])), h.opaque(size)) })
			}
		})
	default:
		h.commit(func(t *shapeTx) { t.put(path, plainKey(h.roll(counts[at])), h.opaque(size)) })
	}
}

// nestedPath is one of a few dozen buckets, one to three deep; by its number
// it is small (inline), of one page, or of many.
func nestedPath(number int) []string {
	path := []string{fmt.Sprintf("top-%d", number%3)}
	if number%4 != 0 {
		path = append(path, fmt.Sprintf("middle-%d", number/3%4))
	}
	return append(path, fmt.Sprintf("bucket-%02d", number))
}

func nestedSize(number int) int {
	return []int{3, 6, 40, 200}[number%4]
}

func fillNestedShape(h *history, buckets int) {
	for number := 0; number < buckets; number++ {
		path := nestedPath(number)
		for first := 0; first < nestedSize(number); first += 20 {
			h.commit(func(t *shapeTx) {
				for j := first; j < first+20 && j < nestedSize(number); j++ {
					t.put(path, plainKey(j), h.opaque(20+number))
				}
			})
		}
		if number%5 == 0 {
			h.commit(func(t *shapeTx) { t.setSequence(path, uint64(1000+number)) })
		}
	}
	for round := 0; round < 300; round++ {
		h.changeNested(buckets)
	}
}

func (h *history) changeNested(buckets int) {
	number := h.roll(buckets)
	path := nestedPath(number)
	switch h.roll(12) {
	case 0: // the whole bucket is made again
		if number%4 < 3 {
			parent, name := path[:len(path)-1], path[len(path)-1]
			h.commit(func(t *shapeTx) { t.bucket(path...) })
			h.commit(func(t *shapeTx) { t.deleteBucket(parent, name) })
			h.commit(func(t *shapeTx) {
				for j := 0; j < nestedSize(number); j++ {
					t.put(path, plainKey(j), h.opaque(20+number))
				}
			})
		}
	case 1, 2, 3:
		h.commit(func(t *shapeTx) { t.erase(path, plainKey(h.roll(nestedSize(number)))) })
	case 4:
		h.commit(func(t *shapeTx) { t.setSequence(path, uint64(h.roll(1<<30))) })
	case 5:
		h.closeAndOpen()
	default:
		h.commit(func(t *shapeTx) {
			t.put(path, plainKey(h.roll(nestedSize(number))), h.opaque(20+number))
		})
	}
}

// fillLargeValues puts values of up to most bytes: pages with overflow pages,
// and free runs of many lengths.
func fillLargeValues(h *history, most int) {
	value := func() []byte {
		if h.roll(3) == 0 {
			return noise(h.state, h.roll(most))
		}
		return noise(h.state, h.roll(most/20))
	}
	for round := 0; round < 400; round++ {
		path := []string{[]string{"blobs", "things"}[h.roll(2)]}
		key := plainKey(h.roll(120))
		if h.roll(5) == 0 {
			h.commit(func(t *shapeTx) { t.erase(path, key) })
		} else {
			h.commit(func(t *shapeTx) { t.put(path, key, value()) })
		}
		if h.roll(30) == 0 {
			h.closeAndOpen()
		}
	}
}
