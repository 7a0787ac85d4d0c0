package core

// RetryMsg tells every screen that the session is good again: what failed for lack of one is to be fetched again.
type RetryMsg struct{}

// Failed returns the fetch's error, for the router, which asks for the password again when the session ended.
func (m Loaded[T]) Failed() error { return m.Err }
