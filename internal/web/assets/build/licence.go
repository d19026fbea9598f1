package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// bundled are the packages whose work goes into what is built, and the file
// of their licence.
var bundled = []struct{ name, licence string }{
	{"tailwindcss", "LICENSE"},
	{"daisyui", "LICENSE"},
	{"htmx.org", "LICENSE"},
	{"squire-rte", "LICENSE"},
	{"dompurify", "LICENSE"},
	{"@tabler/icons", "LICENSE"},
}

func licences(out built) error {
	var b bytes.Buffer
	b.WriteString("Okno's styles, scripts and icons hold work of others, under these licences.\n")
	for _, part := range bundled {
		manifest, err := os.ReadFile(modules + "/" + part.name + "/package.json")
		if err != nil {
			return err
		}
		var is struct{ Version string }
		if err := json.Unmarshal(manifest, &is); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		text, err := os.ReadFile(modules + "/" + part.name + "/" + part.licence)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "\n==== %s %s ====\n\n%s\n", part.name, is.Version, bytes.TrimSpace(text))
	}
	out["LICENSES.txt"] = b.Bytes()
	return nil
}
