"""What is handed to people outside the pages: readiness, briefings and reports as PDF, Word, workbook and JSON."""
