package app

import (
	"context"
	"encoding/json"
	"log"
	"net/url"
	"strings"
	"sync"
	"time"
)

// uiPrefix stands before the keys of what the terminal UI keeps for a user, apart from the program's own and from other users'.
func uiPrefix(username string) string { return "ui/" + url.PathEscape(username) + "/" }

// kept is what the UI keeps of a user of a profile: in memory for reading, which Update does, and written to the state off it.
type kept struct {
	mu      sync.Mutex
	values  map[string]json.RawMessage
	changed map[string]bool

	writing sync.Mutex // one writer at a time, so that what is newest is what stays
}

// recall reads what the UI kept of a user of a profile. A state that cannot be read keeps nothing for this session.
func (a *App) recall(ctx context.Context, profile, username string) *kept {
	k := &kept{values: map[string]json.RawMessage{}, changed: map[string]bool{}}
	if a.opts.State == nil {
		return k
	}
	all, err := a.opts.State.All(ctx, profile)
	if err != nil {
		log.Printf("state of %s: %v", profile, err)
		return k
	}
	prefix := uiPrefix(username)
	for key, v := range all {
		if name, ours := strings.CutPrefix(key, prefix); ours {
			k.values[name] = v
		}
	}
	return k
}

// Recall reads what was kept under key by the user signed in, and reports whether there was anything. It does no I/O.
func (a *App) Recall(key string, into any) bool {
	c, err := a.current()
	if err != nil {
		return false
	}
	c.kept.mu.Lock()
	defer c.kept.mu.Unlock()
	raw, ok := c.kept.values[key]
	return ok && json.Unmarshal(raw, into) == nil
}

// Keep takes v, as JSON, for key of the user signed in. It does no I/O: WriteKept does.
func (a *App) Keep(key string, v any) {
	c, err := a.current()
	if err != nil {
		return
	}
	raw, err := json.Marshal(v)
	if err != nil {
		log.Printf("keeping %s: %v", key, err)
		return
	}
	c.kept.mu.Lock()
	defer c.kept.mu.Unlock()
	if string(c.kept.values[key]) != string(raw) {
		c.kept.values[key], c.kept.changed[key] = raw, true
	}
}

// WriteKept writes down what Keep took since the last time.
func (a *App) WriteKept(ctx context.Context) {
	if c, err := a.current(); err == nil {
		a.writeKept(ctx, c)
	}
}

func (a *App) writeKept(ctx context.Context, c *conn) {
	c.kept.writing.Lock()
	defer c.kept.writing.Unlock()
	c.kept.mu.Lock()
	now := map[string]json.RawMessage{}
	for key := range c.kept.changed {
		now[key] = c.kept.values[key]
	}
	clear(c.kept.changed)
	c.kept.mu.Unlock()
	if a.opts.State == nil || a.profileAt(c.profile.Name) < 0 { // it may be removed or renamed meanwhile
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second) // it also runs when the program ends
	defer cancel()
	for key, raw := range now {
		if err := a.opts.State.Put(ctx, c.profile.Name, uiPrefix(c.username)+key, raw); err != nil {
			log.Printf("state of %s: %v", c.profile.Name, err)
		}
	}
}
