package db

import (
	"errors"
	"os"

	"github.com/ncruces/go-sqlite3/vfs"
)

// logVFS is how SQLite gets at files: as the operating system has them, but the
// write-ahead log gathered (logFile) and the database's made durable piece by
// piece (mainFile).
const logVFS = "okno"

func init() {
	vfs.Register(logVFS, gathering{vfs.Find("").(vfs.VFSFilename)})
}

type gathering struct{ vfs.VFSFilename }

// OpenFilename implements vfs.VFSFilename.
func (g gathering) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, got, err := g.VFSFilename.OpenFilename(name, flags)
	if err != nil {
		return nil, got, err
	}
	if flags&vfs.OPEN_WAL != 0 {
		if err := asOpen(f, name.Database()); err != nil {
			return nil, got, errors.Join(err, f.Close())
		}
		return &logFile{File: f}, got, nil
	}
	if whole, ok := f.(wholeFile); ok && flags&vfs.OPEN_MAIN_DB != 0 {
		return &mainFile{wholeFile: whole}, got, nil
	}
	return f, got, nil
}

// asOpen gives a log, which holds what the database does, and its index beside it
// the database's mode: made by the process's umask, they may be open to more.
func asOpen(log vfs.File, database string) error {
	kept, err := os.Stat(database)
	if err != nil {
		return err
	}
	file, ok := log.(interface{ Chmod(os.FileMode) error })
	if !ok {
		return errors.New("the mode of the write-ahead log cannot be set")
	}
	mode := kept.Mode().Perm()
	return errors.Join(file.Chmod(mode), indexAsOpen(database+"-shm", mode))
}

// indexAsOpen makes a log's index before SQLite does, which looks for it after
// the log. One that is there is not opened: others may hold locks on it.
func indexAsOpen(path string, mode os.FileMode) error {
	index, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, mode)
	if err == nil {
		return index.Close()
	}
	if errors.Is(err, os.ErrExist) {
		err = os.Chmod(path, mode)
	}
	if errors.Is(err, os.ErrNotExist) { // its last user took it away meanwhile
		return nil
	}
	return err
}

const (
	logGathered = 1 << 20 // bounds what a log file holds back, in bytes
	logPiece    = 8 << 20 // bytes of a log's file freed at a time
)

// logFile is a write-ahead log. SQLite writes every page of a commit and its
// header apart and one behind the other; here they go to the system together,
// before the log is made durable, read or looked at otherwise. Other
// connections look for a commit only once SQLite has asked for that
// (synchronous=FULL).
type logFile struct {
	vfs.File
	held []byte
	at   int64 // where held begins

	fresh bool // its header was written and is not durable yet: frames must wait for that
	later bool // a commit is under way whose frames somebody else makes durable
	due   bool // what later asked for is to be done

	end  int64 // of what was written since the log began anew
	long bool  // its file is longer than it is to be, which is keep
	keep int64
}

func (f *logFile) WriteAt(p []byte, off int64) (int, error) {
	if off == 0 {
		f.fresh = true
		f.end = 0
	}
	f.end = max(f.end, off+int64(len(p)))
	if off != f.at+int64(len(f.held)) || len(f.held)+len(p) > logGathered {
		if err := f.hand(); err != nil {
			return 0, err
		}
		f.at = off
	}
	f.held = append(f.held, p...)
	return len(p), nil
}

// hand gives what is held to the system. What could not be written is dropped:
// SQLite undoes the change and writes there again.
func (f *logFile) hand() error {
	if len(f.held) == 0 {
		return nil
	}
	_, err := f.File.WriteAt(f.held, f.at)
	f.held = f.held[:0]
	return noRoom(err)
}

func (f *logFile) Sync(flags vfs.SyncFlag) error {
	if err := f.hand(); err != nil {
		return err
	}
	if f.later && !f.fresh {
		f.due = true
		return nil
	}
	if err := noRoom(f.File.Sync(flags)); err != nil {
		return err
	}
	f.fresh = false
	return nil
}

func (f *logFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.hand(); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

// Truncate leaves it to shorten where a commit is under way, which SQLite takes
// for doing it: the system frees a gigabyte in tenths of a second, for which
// everybody would wait.
func (f *logFile) Truncate(size int64) error {
	if f.later {
		f.long, f.keep = true, size
		return nil
	}
	if err := f.hand(); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// shorten frees a piece of the file's end, where it is longer than it is to be. It
// is called between commits by whoever makes them.
func (f *logFile) shorten() error {
	if !f.long {
		return nil
	}
	size, err := f.Size()
	to := max(f.keep, f.end, size-logPiece)
	if f.long = err == nil && to < size; !f.long {
		return err
	}
	return f.File.Truncate(to)
}

func (f *logFile) Size() (int64, error) {
	if err := f.hand(); err != nil {
		return 0, err
	}
	return f.File.Size()
}

func (f *logFile) Close() error {
	handed := f.hand()
	if err := f.File.Close(); err != nil {
		return err
	}
	return handed
}
