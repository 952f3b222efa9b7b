"""The watch: free space, measures and their alarms, figures for whoever watches the machine."""
