package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Levels of a Finding.
const (
	levelOK   = "ok"
	levelWarn = "warn"
	levelFail = "fail"
)

// finding is one line of okno doctor.
type finding struct {
	Level string `json:"level"`
	What  string `json:"what"`         // "disk"
	Say   string `json:"say"`          // how it stands
	Do    string `json:"do,omitempty"` // what to do about it
}

// findings gathers them and shows each at once.
type findings struct {
	to    io.Writer
	json  bool
	worst string
	err   error
}

func (f *findings) add(x finding) {
	if f.worst == "" || x.Level == levelFail || x.Level == levelWarn && f.worst == levelOK {
		f.worst = x.Level
	}
	if f.err != nil {
		return
	}
	x.Say, x.Do = oneLine(x.Say), oneLine(x.Do)
	if f.json {
		f.err = json.NewEncoder(f.to).Encode(x)
		return
	}
	line := fmt.Sprintf("%-5s %s: %s", x.Level, x.What, x.Say)
	if x.Do != "" {
		line += "\n      " + x.Do
	}
	_, f.err = fmt.Fprintln(f.to, line)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (f *findings) ok(what, say string, args ...any) {
	f.add(finding{Level: levelOK, What: what, Say: fmt.Sprintf(say, args...)})
}

func (f *findings) warn(what, say, do string) { f.add(finding{levelWarn, what, say, do}) }
func (f *findings) fail(what, say, do string) { f.add(finding{levelFail, what, say, do}) }

// judge is fail where err is, else ok.
func (f *findings) judge(what string, err error, fine, do string) {
	if err != nil {
		f.fail(what, err.Error(), do)
		return
	}
	f.ok(what, "%s", fine)
}
