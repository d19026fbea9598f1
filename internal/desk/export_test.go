package desk

import "context"

// TidyIndex joins the index's parts for a moment, as KeepIndexed does when all is
// indexed and nobody waits.
func TidyIndex(ctx context.Context, d *Desk) error {
	_, err := d.tidyIndex(ctx, func() bool { return false })
	return err
}

// AlongWaiting is how many readings wait to be made together.
func AlongWaiting(d *Desk) int { return d.alongs.Waiting() }
