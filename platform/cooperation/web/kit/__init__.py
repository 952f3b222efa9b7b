"""What every page is built from: layout, components, style, scripts, fonts, menu, languages."""
