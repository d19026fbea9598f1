package main

import (
	"bytes"
	"compress/gzip"
	"maps"
	"path"
	"slices"

	"github.com/andybalholm/brotli"
)

// pack adds the smaller forms of each text.
func pack(out built) error {
	for _, name := range slices.Sorted(maps.Keys(out)) {
		if path.Ext(name) == ".ico" {
			continue
		}
		var br, gz bytes.Buffer
		b := brotli.NewWriterLevel(&br, brotli.BestCompression)
		if _, err := b.Write(out[name]); err != nil {
			return err
		}
		if err := b.Close(); err != nil {
			return err
		}
		if err := zip(&gz, out[name]); err != nil {
			return err
		}
		out[name+".br"], out[name+".gz"] = br.Bytes(), gz.Bytes()
	}
	return nil
}

func zip(to *bytes.Buffer, content []byte) error {
	g, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := g.Write(content); err != nil {
		return err
	}
	return g.Close()
}
