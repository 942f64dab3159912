import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.File;
import java.io.FileInputStream;
import java.util.List;

/**
 * Says level and verdict of each signature in a file, one a line: LEVEL INDICATION.
 * Arguments: the file, its detached content or -, a revocation list or -, then the trusted certificates.
 */
public class AdesLevel {
  public static void main(String[] arguments) throws Exception {
    CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
    for (int i = 3; i < arguments.length; i++)
      trusted.addCertificate(DSSUtils.loadCertificate(new File(arguments[i])));
    CommonCertificateVerifier verifier = new CommonCertificateVerifier();
    verifier.setTrustedCertSources(trusted);
    if (!arguments[2].equals("-")) verifier.setCrlSource(new ExternalResourcesCRLSource(new FileInputStream(arguments[2])));
    SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(arguments[0]));
    validator.setCertificateVerifier(verifier);
    if (!arguments[1].equals("-")) validator.setDetachedContents(List.of(new FileDocument(arguments[1])));
    var report = validator.validateDocument().getSimpleReport();
    for (String id : report.getSignatureIdList())
      System.out.println(report.getSignatureFormat(id) + " " + report.getIndication(id));
  }
}
