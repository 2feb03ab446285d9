package layer

// All is every layer, in the order in which menus and legends show them and imports may refer to them.
var All = []*Layer{
	&RiskPoint, &MaterialSite, &ResponseForce, &CommandUnit, &Area,
	&Road, &Water, &Landuse, &Building, &Place, &Zone,
}

// ByName finds a layer by its identifier; ok is false when there is none.
func ByName(name string) (l *Layer, ok bool) {
	for _, l := range All {
		if l.Name == name {
			return l, true
		}
	}
	return nil, false
}
