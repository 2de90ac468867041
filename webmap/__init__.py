"""What people look at: release tiles, map styles, folium share pages, the browser application."""
