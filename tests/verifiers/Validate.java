import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.verapdf.gf.model.GFModelParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;

/** Ends with 0 when veraPDF finds that a file keeps to a flavour of PDF/A: `java Validate.java 3a FILE`. */
class Validate {
    public static void main(String[] arguments) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(arguments[0]);
        String rules = "/org/verapdf/pdfa/validation/PDFA-" + arguments[0].toUpperCase() + ".xml";
        try (InputStream text = Profiles.class.getResourceAsStream(rules);
                InputStream file = Files.newInputStream(Path.of(arguments[1]));
                GFModelParser parser = GFModelParser.createModelWithFlavour(file, flavour)) {
            ValidationProfile profile = Profiles.profileFromXml(text);
            ValidationResult result = ValidatorFactory.createValidator(profile).validate(parser);
            for (TestAssertion broken : result.getTestAssertions()) {
                System.out.println(broken.getRuleId() + " " + broken.getMessage());
            }
            System.out.println(result.isCompliant() + ", checks: " + result.getTotalAssertions());
            System.exit(result.isCompliant() ? 0 : 1);
        }
    }
}
