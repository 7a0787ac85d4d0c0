package config

// Remaps returns Keys by the ID of the binding, "area.name".
func (f *File) Remaps() map[string][]string {
	out := map[string][]string{}
	for area, names := range f.Keys {
		for name, keys := range names {
			out[area+"."+name] = keys
		}
	}
	return out
}
