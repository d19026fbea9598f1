package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// machine says what is measured on, and what its disk can do at most.
func (b *bench) machine(context.Context) error {
	var err error
	if b.fsyncs, err = fsyncs(b.dir, 3*time.Second); err != nil {
		return err
	}
	var uname syscall.Utsname
	if err := syscall.Uname(&uname); err != nil {
		return err
	}
	b.say("%s, %s, %d processors (%s), %s on Linux %s, %s; the disk makes %.0f appends of 4 KB durable a second",
		time.Now().Format("2 January 2006"), revision(), runtime.NumCPU(), processor(), runtime.Version(), text(uname.Release[:]), b.database(), b.fsyncs)
	b.say("(fdatasync, one after another). The sending side, the relay and the program share the processors.")
	return nil
}

func (b *bench) database() string {
	if b.server == nil {
		return "SQLite"
	}
	return "PostgreSQL on the same machine (synchronous_commit on)"
}

// fsyncs is how many appends of 4 KB become durable a second, one after another.
func fsyncs(dir string, long time.Duration) (float64, error) {
	f, err := os.Create(filepath.Join(dir, "appends"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	page := bytes.Repeat([]byte{'x'}, 4<<10)
	n := 0
	begun := time.Now()
	for ; time.Since(begun) < long; n++ {
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begun).Seconds(), os.Remove(f.Name())
}

func text(field []int8) string {
	var b strings.Builder
	for _, c := range field {
		if c == 0 {
			break
		}
		b.WriteByte(byte(c))
	}
	return b.String()
}

func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// revision is the commit that the tree stands at.
func revision() string {
	if out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output(); err == nil {
		return "commit " + strings.TrimSpace(string(out))
	}
	info, _ := debug.ReadBuildInfo()
	return info.Main.Version
}

// servePlain answers every request with so many bytes, until it is ended.
func servePlain(ctx context.Context, size int) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	body := bytes.Repeat([]byte{'x'}, size)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body) // whoever measures sees what is missing
	})}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	fmt.Println("http://" + l.Addr().String())
	return server.Serve(l)
}

const figures = "## Figures"

// openFigures opens a page to be written on below its line of figures.
func openFigures(path string) (*os.File, error) {
	page, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	at := bytes.Index(page, []byte("\n"+figures+"\n"))
	if at < 0 {
		return nil, fmt.Errorf("%s has no line %q", path, figures)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(append(page[:at+len(figures)+2:at+len(figures)+2], '\n'))
	return f, err
}
