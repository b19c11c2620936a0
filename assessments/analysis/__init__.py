"""How questions behave: counted in the database, judged by pure statistics, shown to who writes courses."""
