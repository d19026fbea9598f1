package app

import (
	"fmt"
	"io"

	"github.com/oknodesk/okno/internal/intake"
)

// Inspect writes what is read of one letter as a JSON object. It needs no
// database. Of a letter over --max-letter the beginning is read.
func Inspect(c *Config, letter io.Reader, out io.Writer) error {
	raw, err := io.ReadAll(io.LimitReader(letter, c.MaxLetter))
	if err != nil {
		return fmt.Errorf("read the letter: %w", err)
	}
	words, err := intake.Inspect(raw)
	if err != nil {
		return fmt.Errorf("write what was read: %w", err)
	}
	_, err = out.Write(words)
	return err
}
