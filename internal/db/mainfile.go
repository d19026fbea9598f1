package db

import "github.com/ncruces/go-sqlite3/vfs"

// mainLoose bounds what is copied into the database's file and not made durable
// yet, in bytes.
const mainLoose = 8 << 20

// mainFile is a database's file, which only checkpoints write to. Behind a long
// reading they copy gigabytes at once; made durable at the end alone, those
// would keep the disk from every commit for as long as they take.
type mainFile struct {
	wholeFile
	loose int
}

// wholeFile is what SQLite uses of a database's file.
type wholeFile interface {
	vfs.File
	vfs.FileLockState
	vfs.FilePersistWAL
	vfs.FilePowersafeOverwrite
	vfs.FileSizeHint
	vfs.FileHasMoved
	vfs.FileSharedMemory
}

func (f *mainFile) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.wholeFile.WriteAt(p, off)
	if f.loose += n; err == nil && f.loose >= mainLoose {
		err = f.Sync(vfs.SYNC_NORMAL | vfs.SYNC_DATAONLY)
	}
	return n, noRoom(err)
}

func (f *mainFile) Sync(flags vfs.SyncFlag) error {
	f.loose = 0
	return noRoom(f.wholeFile.Sync(flags))
}
