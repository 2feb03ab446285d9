package api

// Routes lists the API's routes as "METHOD path", for the tests.
func Routes() (lines []string) {
	for _, r := range (&server{}).routes() {
		lines = append(lines, r.method+" "+r.path)
	}
	return lines
}
