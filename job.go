package okno

// JobRetried is the fact that an administrator had a duty that was given up
// taken up again.
const JobRetried EventKind = "job.retried"
