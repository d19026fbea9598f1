package db

import "github.com/ncruces/go-sqlite3/vfs"

// Bounds, in bytes, of what is copied into the database's file and not made
// durable yet. The disk writes the pages one by one wherever they belong, and
// commits wait meanwhile: 8 MB kept some for a tenth to six tenths of a second,
// 256 KB for some hundredths. A checkpoint that copies more than mainMuch is one
// behind a long reading, and nobody waits for that; with small pieces always,
// a desk that is written to without pause would take in less.
const (
	mainLoose = 8 << 20
	mainMuch  = 32 << 20
	mainPiece = 256 << 10
)

// mainFile is a database's file, which only checkpoints write to. Behind a long
// reading they copy gigabytes at once; made durable at the end alone, those
// would keep the disk from every commit for as long as they take.
type mainFile struct {
	wholeFile
	loose  int
	copied int // since SQLite made the file durable, at a checkpoint's end
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
	f.loose += n
	f.copied += n
	most := mainLoose
	if f.copied > mainMuch {
		most = mainPiece
	}
	if err == nil && f.loose >= most {
		f.loose = 0
		err = f.wholeFile.Sync(vfs.SYNC_NORMAL | vfs.SYNC_DATAONLY)
	}
	return n, noRoom(err)
}

func (f *mainFile) Sync(flags vfs.SyncFlag) error {
	f.loose, f.copied = 0, 0
	return noRoom(f.wholeFile.Sync(flags))
}
