// Package demo makes the demonstration district: an invented county of hills and rivers with its
// townships, villages, roads, houses, and the points of the four maps. Everything follows from a
// seed; nothing comes from the network or the clock, and every name and telephone number is
// invented. It knows no database: tables.go gives its rows to whoever stores them.
package demo

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Origin marks rows of the demonstration in the column of that name.
const Origin = "demo"

// District is the demonstration: one slice for each layer, geometries in WGS 84 (EPSG:4326).
type District struct {
	Seed      int64
	Areas     []Area
	Risks     []RiskPoint
	Sites     []MaterialSite
	Forces    []ResponseForce
	Units     []CommandUnit
	Roads     []Road
	Waters    []Water
	Landuses  []Landuse
	Buildings []Building
	Places    []Place
	Zones     []Zone

	land *land // relief, for Relief
}

// Row is what all rows have in common.
type Row struct {
	ID          uuid.UUID
	Key         string // origin_key: stable from seed to seed and release to release
	Name        string
	NameEn      string
	Area        uuid.UUID // smallest area around it; uuid.Nil outside the district or left to the database
	Geom        orb.Geometry
	ConfirmedBy string
	Age         float64 // days since somebody confirmed it on the spot; negative: nobody did
	Accuracy    float64 // of the position, m; 0 if unknown
}

// Area is an administrative division.
type Area struct {
	Row
	Code       string
	Level      string
	Parent     uuid.UUID // uuid.Nil for the county
	Population int
	Households int
}

// RiskPoint is a place where an accident or disaster may strike.
type RiskPoint struct {
	Row
	Level             string
	Kind              string
	EnterpriseClass   string
	Address           string
	People            int
	Households        int
	Measures          string
	ResponsibleUnit   string
	ResponsiblePerson string
	ResponsiblePhone  string
	Supervision       string
	ListedDays        int     // days since it was listed
	Floor             float64 // m²; 0 if unknown
	Fence             float64 // m; 0 if unknown
	Dismantling       string  // yes, no or "" if unknown
}

// MaterialSite is where supplies and equipment are kept.
type MaterialSite struct {
	Row
	Kind        string
	Address     string
	Owner       string
	Capacity    int     // persons; 0 if it takes none
	Floor       float64 // m²; 0 if unknown
	AllHours    bool
	Keeper      string
	KeeperPhone string
	Stock       []StockLine
}

// StockLine is an item kept at a site.
type StockLine struct {
	ID       uuid.UUID
	Item     string
	Code     string // seven digits after GB/T 38565-2020; only the first is certain
	Quantity float64
	Unit     string
	Batch    string
	Expires  int // days from now; 0 if it does not expire
	Minimum  float64
	Keeper   string
}

// ResponseForce is a team that can be sent.
type ResponseForce struct {
	Row
	Nature       string
	Capabilities []string
	Headcount    int
	DrillRole    string
	Turnout      float64 // min
	Address      string
	Organiser    string
	Leader       string
	LeaderPhone  string
	Deputy       string
	DeputyPhone  string
	DutyPhone    string
	Members      []Member
	Vehicles     []Vehicle
}

// Member is a person of a force.
type Member struct {
	ID                uuid.UUID
	Name, Post, Phone string
}

// Vehicle is a vehicle or piece of equipment of a force.
type Vehicle struct {
	ID                uuid.UUID
	Name, Plate, Kind string
	Seats, Count      int
}

// CommandUnit is a node of the command tree, or a contact above it.
type CommandUnit struct {
	Row
	Kind        string
	Level       string
	Parent      uuid.UUID // uuid.Nil for the highest
	DutyPhone   string
	Leader      string
	LeaderPost  string
	LeaderPhone string
	Address     string
}

// Road is an edge between two junctions.
type Road struct {
	Row
	Class          string
	Ref            string
	Oneway         string
	Speed          float64 // km/h
	Cost           float64 // s
	ReverseCost    float64 // s, -1 where the direction is not allowed
	Length         float64 // m
	Bridge, Tunnel bool
	MaxWeight      float64 // t; 0 without limit
	Access         string
	Source, Target int // junctions
	Component      int
}

// Water is a river, a stream, a lake or a reservoir.
type Water struct {
	Row
	Kind  string
	Width float64 // m; 0 for lakes
}

// Landuse is what covers the ground.
type Landuse struct {
	Row
	Kind string
}

// Building is the footprint of a house.
type Building struct {
	Row
	Kind   string
	Levels int
	Height float64 // m
}

// Place is a named settlement or landmark.
type Place struct {
	Row
	Kind       string
	Population int
	Elevation  float64 // m
}

// id gives a row its identifier: the same for the same seed, layer and key.
func id(seed int64, layer, key string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "fourmaps:demo/%d/%s/%s", seed, layer, key))
}
