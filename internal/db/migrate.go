package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"testing/fstest" // its MapFS is the standard library's file system in memory
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrate brings the schema up to date from the "*.sql" files at the top of
// the sources: goose's format ("-- +goose Up"), numbered over all sources
// together ("00002_people.sql"), in the house's words (see houseWords). Of
// several processes one migrates while the others wait, up to five minutes. A
// database that is being filled is refused with an *UnfinishedError, one that a
// newer program has changed beyond what this one knows with a *TooOldError.
func (d *DB) Migrate(ctx context.Context, sources ...fs.FS) error {
	if err := d.Unfinished(ctx); err != nil {
		return err
	}
	knows, err := Newest(sources...)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if err := d.Serves(ctx, knows); err != nil {
		return err
	}
	if err := d.MigrateTo(ctx, knows, sources...); err != nil {
		return err
	}
	return d.Serves(ctx, knows) // a newer program may have been at it while we waited
}

// MigrateTo is Migrate up to one migration and without its questions.
func (d *DB) MigrateTo(ctx context.Context, last int64, sources ...fs.FS) error {
	if d.readOnly {
		return ErrReadOnly
	}
	files, err := Texts(d.Dialect(), sources...)
	if err != nil {
		return err
	}
	if err := d.engine.migrate(ctx, files, last); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Texts are the migrations of all sources as a database of that dialect gets
// them.
func Texts(d Dialect, sources ...fs.FS) (fs.FS, error) {
	files := make(fstest.MapFS)
	for _, source := range sources {
		if err := gather(files, source, d); err != nil {
			return nil, fmt.Errorf("migrations: %w", err)
		}
	}
	return files, nil
}

func gather(files fstest.MapFS, source fs.FS, d Dialect) error {
	names, err := fs.Glob(source, "*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, taken := files[name]; taken {
			return fmt.Errorf("two files are called %s", name)
		}
		text, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		own, err := houseWords(string(text), d)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = &fstest.MapFile{Data: []byte(own), Mode: 0o444}
	}
	return nil
}

func migrateSQLite(ctx context.Context, pool *sql.DB, files fs.FS, last int64, log *slog.Logger) error {
	return up(ctx, goose.DialectSQLite3, pool, files, last, log)
}

func migratePostgres(ctx context.Context, pool *sql.DB, files fs.FS, last int64, log *slog.Logger) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return err
	}
	return up(ctx, goose.DialectPostgres, pool, files, last, log, goose.WithSessionLocker(locker))
}

func up(ctx context.Context, d goose.Dialect, pool *sql.DB, files fs.FS, last int64, log *slog.Logger, o ...goose.ProviderOption) error {
	// Two changes made at the same time come in either order.
	o = append(o, goose.WithDisableGlobalRegistry(true), goose.WithSlog(log), goose.WithAllowOutofOrder(true))
	provider, err := goose.NewProvider(d, pool, files, o...)
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	}
	if err != nil {
		return err
	}
	applied, steps, err := lacking(ctx, provider, last)
	if err != nil || len(steps) == 0 {
		return err
	}
	if !applied { // a new database: nothing is there that could take long
		_, err = provider.UpTo(ctx, last)
		return err
	}
	return upByStep(ctx, provider, steps, log)
}

// lacking are the migrations up to one that the database has not had, and
// whether it has had any.
func lacking(ctx context.Context, provider *goose.Provider, last int64) (applied bool, steps []*goose.Source, err error) {
	if has, err := provider.HasPending(ctx); err != nil || !has {
		return true, nil, err
	}
	all, err := provider.Status(ctx)
	for _, one := range all {
		switch {
		case one.State == goose.StateApplied:
			applied = true
		case one.Source.Version <= last:
			steps = append(steps, one.Source)
		}
	}
	return applied, steps, err
}

// upByStep tells the operator how far it has come: indexes of what a large
// installation holds take minutes, in which nobody is served.
func upByStep(ctx context.Context, provider *goose.Provider, steps []*goose.Source, log *slog.Logger) error {
	begun := time.Now()
	log.Info("the tables are brought up to date; nobody is served by this process before", "steps", len(steps))
	for i, step := range steps {
		log.Info("step of bringing the tables up to date", "step", i+1, "of", len(steps), "name", path.Base(step.Path))
		_, err := provider.ApplyVersion(ctx, step.Version, true)
		if errors.Is(err, goose.ErrAlreadyApplied) {
			continue // another process has come first
		}
		if err != nil {
			return err
		}
	}
	log.Info("the tables are up to date", "took", time.Since(begun).Round(time.Millisecond))
	return nil
}
