package guide

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"image/png"
	"io/fs"
	"path"
	"strings"
)

// The pictures are taken from the running product by a test of
// internal/oknotest; beside each lies the text that was on the screen.
//
//go:embed pictures
var pictures embed.FS

// prefix is where the pictures are served.
const prefix = "/help/"

// picture is where a picture is and how large, in pixels.
type picture struct {
	path          string
	width, height int
}

// readPictures gives each picture an address that changes with its content. A
// picture that cannot be read is a fault of the build and panics.
func (g *Guide) readPictures() {
	g.pictures, g.served = map[string]picture{}, map[string][]byte{}
	names, err := fs.Glob(pictures, "pictures/*/*.png")
	if err != nil {
		panic("guide: " + err.Error())
	}
	for _, name := range names {
		content, err := pictures.ReadFile(name)
		if err != nil {
			panic("guide: " + err.Error())
		}
		size, err := png.DecodeConfig(bytes.NewReader(content))
		if err != nil {
			panic(fmt.Sprintf("guide: %s: %v", name, err))
		}
		lang, short := path.Base(path.Dir(name)), strings.TrimSuffix(path.Base(name), ".png")
		sum := sha256.Sum256(content)
		served := lang + "-" + short + "." + hex.EncodeToString(sum[:5]) + ".png"
		g.pictures[lang+"/"+short] = picture{prefix + served, size.Width, size.Height}
		g.served[served] = content
	}
}

// Picture is a PNG by the last element of its address, which stands for this
// content for ever; ok is false when there is none.
func (g *Guide) Picture(name string) (content []byte, ok bool) {
	content, ok = g.served[name]
	return content, ok
}
