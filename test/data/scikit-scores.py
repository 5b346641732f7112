"""Makes the constants of linear-model.test.ts and class-scores.test.ts (scikit-learn 1.2.1)."""

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import *
from sklearn.calibration import calibration_curve
n=60
i=np.arange(n)
x=np.stack([((i*37)%61)/10.0, ((i*53)%59)/7.0-3, ((i*i)%17)*1.0],1)
y2=(((i*29)%31)/31.0 + 0.15*x[:,0] > 0.95).astype(int)
y3=((i*i+3*i)%7>4).astype(int)+ (x[:,1]>2).astype(int)
t=2+0.5*x[:,0]-1.5*x[:,1]+0.1*x[:,2]+ ((i*41)%23)/23.0
lin=LinearRegression().fit(x,t)
print("lin",lin.intercept_, lin.coef_.tolist())
for w in (None,'balanced'):
    lo=LogisticRegression(solver='newton-cg',tol=1e-13,max_iter=100000,class_weight=w).fit(x,y2); print("log2",w,lo.intercept_.tolist(),lo.coef_.tolist())
lo3=LogisticRegression(solver='newton-cg',tol=1e-13,max_iter=100000).fit(x,y3); print("log3",lo3.intercept_.tolist(),lo3.coef_.tolist(), np.bincount(y3))
# metrics: scores with ties
p=np.round((((i*7)%20)/20.0*0.6+0.4*((i*29)%31)/31.0),2); p=np.clip(p,0.01,0.99)
pred=(p>=0.5).astype(int)
print("auc",roc_auc_score(y2,p),"brier",brier_score_loss(y2,p),"logloss",log_loss(y2,p),"f1",f1_score(y2,pred),"prec",precision_score(y2,pred),"rec",recall_score(y2,pred),"bacc",balanced_accuracy_score(y2,pred),"acc",accuracy_score(y2,pred), y2.sum())
pt,pp=calibration_curve(y2,p,n_bins=10); 
ids=np.clip(np.searchsorted(np.linspace(0,1,11)[1:-1],p),0,9)
ece=sum(abs(p[ids==k].mean()-y2[ids==k].mean())*(ids==k).mean() for k in range(10) if (ids==k).any())
print("cal",pt.tolist(),pp.tolist(),"ece",ece)
s=np.stack([((i*11)%13)+1.0,((i*5)%17)+1.0,((i*3)%19)+1.0],1); P=s/s.sum(1,keepdims=True)
q=P.argmax(1)
print("auc3",roc_auc_score(y3,P,multi_class='ovr'),"ll3",log_loss(y3,P),"f1m",f1_score(y3,q,average='macro'),f1_score(y3,q,average=None).tolist(),"bacc3",balanced_accuracy_score(y3,q),"prec",precision_score(y3,q,average=None).tolist(),"rec",recall_score(y3,q,average=None).tolist(), "brier3", ((P-np.eye(3)[y3])**2).sum(1).mean())
