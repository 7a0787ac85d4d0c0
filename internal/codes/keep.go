package codes

import "maps"

// Names are the names of codes, by table; an empty name is a code that was met without one.
type Names map[Table]map[string]string

// Count returns how many codes there are.
func (n Names) Count() (sum int) {
	for _, m := range n {
		sum += len(m)
	}
	return sum
}

// Add puts in the codes of more, whose names go before those already there.
func (n Names) Add(more Names) {
	for t, m := range more {
		for code, name := range m {
			n.put(t, code, name)
		}
	}
}

func (n Names) put(t Table, code, name string) {
	if n[t] == nil {
		n[t] = map[string]string{}
	}
	n[t][code] = name
}

// Import takes in codes that the user has from the platform's database; their names go before learnt ones.
func (b *Book) Import(n Names) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.imported.Add(n)
}

// Recall takes in what an earlier session learnt.
func (b *Book) Recall(n Names) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for t, m := range n {
		for code, name := range m {
			b.put(t, code, name)
		}
	}
	b.changed = false
}

// Learnt returns what to recall in the next session, and whether it has changed since the last call.
func (b *Book) Learnt() (n Names, changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	changed, b.changed = b.changed, false
	if !changed {
		return nil, false
	}
	n = Names{}
	for t, m := range b.tables {
		n[t] = maps.Clone(m)
	}
	return n, true
}
