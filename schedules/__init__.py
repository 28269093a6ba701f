"""When things happen: the timetable, its jobs, and the ticker that asks the database what is due."""
