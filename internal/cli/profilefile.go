package cli

import "imagery/internal/config"

// profileFile keeps profiles in the configuration file, which is read anew each time: it may have changed meanwhile.
type profileFile struct{ path string }

// Save implements app.ProfileStore.
func (s profileFile) Save(before string, p config.Profile) error {
	f, err := config.Read(s.path)
	if err != nil {
		return err
	}
	if before != "" && before != p.Name {
		delete(f.Profiles, before)
		if f.Current == before {
			f.Current = p.Name
		}
	}
	f.Put(p)
	return f.Write(s.path)
}

// Remove implements app.ProfileStore.
func (s profileFile) Remove(name string) error {
	f, err := config.Read(s.path)
	if err != nil {
		return err
	}
	delete(f.Profiles, name)
	if f.Current == name {
		f.Current = ""
	}
	return f.Write(s.path)
}
