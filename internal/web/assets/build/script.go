package main

import (
	"errors"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// entries are the scripts that pages name. Each stands alone: customers and
// agents are different browsers, so there is little to share.
var entries = []string{"portal", "workspace", "composer", "live", "sw"}

func scripts(out built) error {
	points := make([]string, len(entries))
	for i, name := range entries {
		points[i] = sources + "/" + name + ".js"
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       points,
		Outdir:            target,
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone, // they stand in LICENSES.txt
		Charset:           api.CharsetUTF8,
	})
	if len(result.Errors) > 0 {
		return errors.New(api.FormatMessages(result.Errors, api.FormatMessagesOptions{})[0])
	}
	for _, f := range result.OutputFiles {
		out[filepath.Base(f.Path)] = f.Contents
	}
	return nil
}
