package program

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Memory is what the process occupies now and at most until now (VmRSS and
// VmHWM of proc(5)), in bytes.
func (p *Program) Memory() (now, peak int64, err error) {
	status, err := p.proc("status")
	if err != nil {
		return 0, 0, err
	}
	for line := range bytes.Lines(status) {
		f := bytes.Fields(line)
		if len(f) < 2 {
			continue
		}
		into := map[string]*int64{"VmRSS:": &now, "VmHWM:": &peak}[string(f[0])]
		if into == nil {
			continue
		}
		kib, err := strconv.ParseInt(string(f[1]), 10, 64)
		if err != nil {
			return 0, 0, err
		}
		*into = kib << 10
	}
	return now, peak, nil
}

// tick is the unit of processor time in proc(5): USER_HZ, 100 on Linux.
const tick = 10 * time.Millisecond

// CPU is the processor time that the process has used.
func (p *Program) CPU() (time.Duration, error) {
	stat, err := p.proc("stat")
	if err != nil {
		return 0, err
	}
	// Fields 14 and 15; the second, the name in parentheses, may hold spaces.
	f := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(f) < 13 {
		return 0, fmt.Errorf("proc stat: %q", stat)
	}
	var sum time.Duration
	for _, field := range f[11:13] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}

func (p *Program) proc(file string) ([]byte, error) {
	return os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, file))
}
