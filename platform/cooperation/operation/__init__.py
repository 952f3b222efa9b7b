"""What runs the platform and is no page: commands, serving, the doctor, root keys, the watch.

It asks the slices and decides nothing of theirs; on a real instance it makes no reader.
"""
