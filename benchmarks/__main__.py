"""`make bench`: how fast pages are, then what readers notice when things break. About six minutes."""

from . import fault_drill, serving

if __name__ == "__main__":
    serving.main()
    print()
    fault_drill.main()
