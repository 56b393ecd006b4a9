package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// A script is a history of transactions, one operation a line, fields separated
// by a space. tests/model/histories/script.hpp describes it.

// scriptBytes reads a key, a name or a value: hex, SEED:LENGTH for noise, or
// `-` for no bytes at all.
func scriptBytes(field string) ([]byte, error) {
	if field == "-" {
		return []byte{}, nil
	}
	seedText, lengthText, isNoise := strings.Cut(field, ":")
	if !isNoise {
		return hex.DecodeString(field)
	}
	seed, err := strconv.ParseUint(seedText, 10, 64)
	if err != nil {
		return nil, err
	}
	length, err := strconv.Atoi(lengthText)
	if err != nil {
		return nil, err
	}
	return noise(seed, length), nil
}

// scriptPath reads names joined by slashes; `/` alone is the root bucket.
func scriptPath(field string) ([][]byte, error) {
	if field == "/" {
		return nil, nil
	}
	var path [][]byte
	for _, part := range strings.Split(field, "/") {
		name, err := scriptBytes(part)
		if err != nil {
			return nil, err
		}
		path = append(path, name)
	}
	return path, nil
}

// scriptOptions reads the settings of an `open` line.
func scriptOptions(settings []string) (*bolt.Options, error) {
	options := &bolt.Options{NoSync: true, Timeout: lockTimeout}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		var err error
		switch name {
		case "page-size":
			options.PageSize, err = strconv.Atoi(value)
		case "no-freelist-sync":
			options.NoFreelistSync, err = strconv.ParseBool(value)
		case "freelist":
			options.FreelistType = bolt.FreelistType(value)
		default:
			err = fmt.Errorf("no such setting: %s", setting)
		}
		if err != nil {
			return nil, err
		}
	}
	return options, nil
}
