import subprocess,sys,time,os,signal,urllib.request
sys.path.insert(0,"/work/main/benchmarks")
TICKS=os.sysconf("SC_CLK_TCK")
def cpu(pid):
    f=open(f"/proc/{pid}/stat").read().rpartition(")")[2].split(); return (int(f[11])+int(f[12]))/TICKS
q=sys.argv[1]; mode=sys.argv[2] if len(sys.argv)>2 else "request"; prof=len(sys.argv)>3
pr=subprocess.Popen([sys.executable,"/tmp/p/servprof.py"],stdout=open("/tmp/p/log","w"),stderr=subprocess.STDOUT,cwd="/work/main",env=os.environ|{"PYTHONPATH":"/work/main"})
for _ in range(300):
    try: urllib.request.urlopen("http://127.0.0.1:5011/liveness"); break
    except Exception as e:
        if "HTTP" in str(e): break
        time.sleep(.2)
get=lambda: urllib.request.urlopen("http://127.0.0.1:5011/app?"+q).read()
try:
  if mode=="request":
    for _ in range(2): get()
    time.sleep(12)
    if prof: os.kill(pr.pid,signal.SIGUSR1)
    for _ in range(5):
        a=cpu(pr.pid); get(); print(round(1000*(cpu(pr.pid)-a)))
    if prof: os.kill(pr.pid,signal.SIGUSR2)
  else:
    from served import browsing
    with browsing() as b:
        def op(sign):
            with b.new_context(viewport={"width":1400,"height":900}) as c:
                p=c.new_page(); a=cpu(pr.pid); t=time.time()
                p.goto("http://127.0.0.1:5011/app?"+q,wait_until="commit"); p.locator(sign).first.wait_for(timeout=60000)
                w=time.time()-t; p.wait_for_timeout(500); r=cpu(pr.pid)-a
            return round(1000*r),round(w,2)
        s=".numbers" if q else ".card img, .card svg"
        op(s); op(s); time.sleep(10)
        if prof: os.kill(pr.pid,signal.SIGUSR1)
        for _ in range(5): print(op(s))
        if prof: os.kill(pr.pid,signal.SIGUSR2)
  time.sleep(2)
finally:
  pr.terminate(); pr.wait()
if prof:
    import pstats
    s=pstats.Stats("/tmp/p/out.prof"); s.sort_stats("cumtime").print_stats(110)
